import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connectedComponents, type MeasuredObject, measureObjects } from "../src/index.js";

interface Case {
  readonly name: string;
  readonly mask: readonly string[];
  readonly thousandths: readonly (readonly number[])[];
  readonly objects: Readonly<Record<"4" | "8", readonly MeasuredObject[]>>;
}

// Of scikit-image's regionprops: scripts/golden/objects.py.
const golden: readonly Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures", "object-measures.json"), "utf8"),
);

const pixelsOf = ({ mask }: Case) => Uint8Array.from(mask.join(""), Number);

/** Measures a case that comes in parts of so many rows. */
function measure(given: Case, connectivity: 4 | 8, rows: number, minimumSize = 1) {
  const [width, height] = [given.mask[0]?.length ?? 0, given.mask.length];
  const meter = measureObjects(width, height, { connectivity, minimumSize });
  const values = given.thousandths.flat().map((value) => value / 1000);
  const pixels = pixelsOf(given);
  for (let at = 0; at < pixels.length; at += rows * width) {
    meter.add(pixels.subarray(at, at + rows * width), values.slice(at, at + rows * width));
  }
  return meter.end();
}

describe("objects are those of scikit-image", () => {
  it.each(golden)("$name", (given) => {
    for (const connectivity of [4, 8] as const) {
      const expected = given.objects[connectivity];
      for (const rows of [1, 3, given.mask.length]) {
        const { objects } = measure(given, connectivity, rows);
        expect(objects).toHaveLength(expected.length);
        for (const [i, object] of objects.entries()) {
          const { number, area, left, top, width, height, touchesBorder, ...rest } = expected[i] as MeasuredObject;
          expect(object).toMatchObject({ number, area, left, top, width, height, touchesBorder });
          for (const key of ["x", "y", "perimeter", "equivalentDiameter", "mean"] as const) {
            expect(object[key], `${key} of object ${number}`).toBeCloseTo(rest[key], 9);
          }
        }
      }
    }
  });
});

describe("labels", () => {
  it.each(golden)("of $name are those of connectedComponents, the metrics' objects", (given) => {
    const [width, height] = [given.mask[0]?.length ?? 0, given.mask.length];
    for (const connectivity of [4, 8] as const) {
      const { labels } = connectedComponents(pixelsOf(given), width, height, connectivity);
      const { labelRows } = measure(given, connectivity, 2);
      expect(labelRows(0, height)).toEqual(labels);
      const last = Math.floor(height / 2);
      expect(labelRows(last, height - last)).toEqual(labels.subarray(last * width));
    }
  });

  it("are numbered anew without objects that are too small", () => {
    const mask = ["##.#", "...#", "#..#"];
    const given = {
      name: "",
      mask: mask.map((row) => row.replaceAll("#", "1").replaceAll(".", "0")),
      objects: { 4: [], 8: [] },
    };
    const { objects, labelRows } = measure({ ...given, thousandths: mask.map(() => [0, 0, 0, 500]) }, 4, 1, 3);
    expect(objects).toEqual([
      expect.objectContaining({ number: 1, area: 3, x: 3, y: 1, left: 3, top: 0, width: 1, height: 3, mean: 0.5 }),
    ]);
    expect([...labelRows(0, 3)]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });
});

it("refuses rows that do not make up the image", () => {
  expect(() => measureObjects(3, 2).add(new Uint8Array(4), [0, 0, 0, 0])).toThrow(/not rows of 3/);
  expect(() => measureObjects(3, 2).add(new Uint8Array(3), [0])).toThrow(/3 pixels with 1 values/);
  expect(() => measureObjects(3, 2).end()).toThrow("The mask has 2 rows, but 0 were given.");
});

it("refuses noise, unless its specks are left out", () => {
  const [width, height] = [2002, 1000]; // a chequerboard: half of the pixels are objects of their own
  const meter = (minimumSize: number) => {
    const measuring = measureObjects(width, height, { minimumSize });
    for (let y = 0; y < height; y++) {
      measuring.add(
        Uint8Array.from({ length: width }, (_, x) => (x + y) % 2),
        new Float32Array(width),
      );
    }
    return measuring;
  };
  expect(() => meter(1).end()).toThrow("The mask falls into 1001000 objects, more than 1000000. Most are specks:");
  expect(meter(2).end().objects).toEqual([]);
});
