import { connectedComponents, watershed } from "@em-stellar/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import synthetic from "./fixtures/metrics-synthetic.json" with { type: "json" };
import { naiveComponents, naiveWatershed } from "./naive-split-merge.js";

/** A mask drawn in characters; `#` is object. */
function drawn(...rows: string[]): [mask: Uint8Array, width: number, height: number] {
  return [Uint8Array.from(rows.join(""), (pixel) => (pixel === "#" ? 1 : 0)), rows[0]?.length ?? 0, rows.length];
}

/** Label maps drawn in digits, `.` for 0. */
function rowsOf({ labels, width }: { labels: Int32Array; width: number }): string[] {
  const text = [...labels].map((label) => (label === 0 ? "." : label)).join("");
  return text.match(new RegExp(`.{${width}}`, "g")) ?? [];
}

const masks = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    share: fc.integer({ min: 1, max: 9 }),
  })
  .chain(({ width, height, share }) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: width * height, maxLength: width * height })
      .map((values) => ({ width, height, mask: values.map((value) => value < share) })),
  );

describe("connected components", () => {
  it("hang together by edges, or also by corners, and are numbered row by row", () => {
    const mask = drawn("#.#", "#.#", ".#.", "..#");
    expect(rowsOf(connectedComponents(...mask))).toEqual(["1.2", "1.2", ".3.", "..4"]);
    expect(rowsOf(connectedComponents(...mask, 8))).toEqual(["1.1", "1.1", ".1.", "..1"]);
    expect(connectedComponents(...mask).count).toBe(4);
    expect(connectedComponents(...mask, 8).count).toBe(1);
  });

  it("are one where arms meet late", () => {
    expect(rowsOf(connectedComponents(...drawn("#.#.#", "#.#.#", "#.###", "###..")))).toEqual([
      "1.1.1",
      "1.1.1",
      "1.111",
      "111..",
    ]);
  });

  it("do not reach round the edge of the image", () => {
    for (const connectivity of [4, 8] as const) {
      expect(rowsOf(connectedComponents(...drawn("..#", "#..", "..#"), connectivity))).toEqual(["..1", "2..", "..3"]);
    }
  });

  it("are none in an empty mask; any value but 0 is object", () => {
    expect(connectedComponents(new Uint8Array(6), 3, 2)).toEqual({
      width: 3,
      height: 2,
      labels: new Int32Array(6),
      count: 0,
    });
    expect(connectedComponents(Uint8Array.of(255, 1, 2), 3, 1).count).toBe(1);
  });

  it("are as many as the pixels of a checkerboard, however large", () => {
    const [width, height] = [301, 200];
    const board = Uint8Array.from({ length: width * height }, (_, i) => (i + 1) % 2); // odd width: rows alternate
    const { labels, count } = connectedComponents(board, width, height);
    expect(count).toBe(30100);
    expect(labels.at(-2)).toBe(30100);
    expect(connectedComponents(board, width, height, 8).count).toBe(1);
  });

  it("are those of Fiji, numbers included", () => {
    for (const { name, width, height, gt_u8, "gt_components_0.5": components } of synthetic.cases) {
      gt_u8.forEach((slice, z) => {
        const mask = Uint8Array.from(slice, (value) => (value > 127 ? 1 : 0));
        expect([...connectedComponents(mask, width, height).labels], name).toEqual(components?.[z]);
      });
    }
  });

  it.each([4, 8] as const)("with connectivity %i are those of a search pixel by pixel", (connectivity) => {
    fc.assert(
      fc.property(masks, ({ mask, width, height }) => {
        const { labels, count } = connectedComponents(Uint8Array.from(mask, Number), width, height, connectivity);
        const expected = naiveComponents(mask, width, height, connectivity);
        expect([...labels]).toEqual(expected);
        expect(count).toBe(Math.max(...expected));
      }),
    );
  });

  it("need one value for each pixel", () => {
    expect(() => connectedComponents(new Uint8Array(5), 3, 2)).toThrow(
      "The mask has 5 values for 3 × 2 pixels (width × height). It needs one value for each pixel.",
    );
    expect(() => watershed(new Uint8Array(7), 3, 2)).toThrow("The mask has 7 values for 3 × 2 pixels");
  });
});

describe("watershed", () => {
  it("leaves a line of one pixel where two objects meet, whether the gap is odd or even", () => {
    expect(rowsOf(watershed(...drawn("#...#", "#...#")))).toEqual(["11.22", "11.22"]);
    // Of the two middle columns the left is visited first and is taken; the right one meets it and becomes the line.
    expect(rowsOf(watershed(...drawn("#....#", "#....#")))).toEqual(["111.22", "111.22"]);
    expect(rowsOf(watershed(...drawn("#", ".", ".", "#")))).toEqual(["1", "1", ".", "2"]);
  });

  it("keeps objects that touch at a corner apart", () => {
    expect(rowsOf(watershed(...drawn("##..", "##..", "..##", "..##")))).toEqual(["111.", "11.2", "1.22", ".222"]);
  });

  it("gives the whole image to a single object, and to none", () => {
    expect(rowsOf(watershed(...drawn("...", "#..")))).toEqual(["111", "111"]);
    expect(watershed(...drawn("...", "..."))).toMatchObject({ count: 1, labels: Int32Array.of(1, 1, 1, 1, 1, 1) });
  });

  it("draws the lines that Fiji draws, numbers included", () => {
    let compared = 0;
    for (const { name, width, height, pred_u8, "watershed_labels_0.5": regions } of synthetic.cases) {
      pred_u8.forEach((slice, z) => {
        const mask = Uint8Array.from(slice, (value) => (value > 127 ? 1 : 0));
        expect([...watershed(mask, width, height).labels], name).toEqual(regions?.[z]);
        compared++;
      });
    }
    expect(compared).toBe(27);
  });

  it("draws the lines that the definition draws, pixel by pixel", () => {
    fc.assert(
      fc.property(masks, ({ mask, width, height }) => {
        const { labels, count } = watershed(Uint8Array.from(mask, Number), width, height);
        expect(bijection([...labels], naiveWatershed(mask, width, height))).toBe(true);
        expect(count).toBe(Math.max(1, ...naiveComponents(mask, width, height)));
      }),
      { numRuns: 500 },
    );
  });
});

/** Whether two label maps are the same but for the numbers; 0 stays 0. */
function bijection(a: readonly number[], b: readonly (number | undefined)[]): boolean {
  const there = new Map<number, number | undefined>([[0, 0]]);
  const back = new Map<number | undefined, number>([[0, 0]]);
  return a.every((label, i) => {
    if (!there.has(label)) there.set(label, b[i]);
    if (!back.has(b[i])) back.set(b[i], label);
    return there.get(label) === b[i] && back.get(b[i]) === label;
  });
}
