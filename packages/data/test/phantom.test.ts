import { BadOptionError } from "@em-stellar/core";
import { drawPhantom, findNearDuplicates, phantom, thumbnailOf } from "@em-stellar/data";
import { describe, expect, it } from "vitest";

const style = { contrast: 0.5, noise: 0.05, unevenness: 0.15, mitochondria: 8, darkBodies: 4 };

describe("drawPhantom", () => {
  it("draws the same picture from the same seed, and another from another", () => {
    const [once, again, other] = [drawPhantom(1, 64, style), drawPhantom(1, 64, style), drawPhantom(2, 64, style)];
    expect(again).toEqual(once);
    expect(other.image).not.toEqual(once.image);
    expect(other.mask).not.toEqual(once.mask);
  });

  it("is faint, as EM images are, and dark and bright enough to see", () => {
    const { image } = drawPhantom(3, 128, style);
    const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
    const deviation = Math.sqrt(image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length);
    expect(mean).toBeGreaterThan(100);
    expect(mean).toBeLessThan(160);
    expect(deviation).toBeGreaterThan(8);
    expect(deviation).toBeLessThan(30);
  });

  it("has exactly as many objects as were placed: none, none to be learnt", () => {
    expect(drawPhantom(4, 64, { ...style, mitochondria: 0 }).mask.some(Boolean)).toBe(false);
  });
});

describe("phantom", () => {
  it("gives samples in groups, test images in groups of their own, no two alike", async () => {
    const { train, test } = await phantom({ size: 64, trainImages: 5, testImages: 2, groups: 2 }).open({});
    expect(train.map(({ id, group }) => [id, group])).toEqual([
      ["A1", "A"],
      ["A2", "A"],
      ["A3", "A"],
      ["B1", "B"],
      ["B2", "B"],
    ]);
    expect(test.map(({ id, group }) => [id, group])).toEqual([
      ["C1", "C"],
      ["D1", "D"],
    ]);
    const load = (samples: typeof train) =>
      Promise.all(samples.map(async ({ id, image }) => thumbnailOf(id, await image())));
    expect(findNearDuplicates(await load(train), await load(test))).toEqual([]);
  });

  it("cannot be solved by grey values: the best threshold of all, picked on the truth itself, overlaps by less than half", async () => {
    const { train } = await phantom().open({});
    const [objects, others] = [new Float64Array(256), new Float64Array(256)];
    for (const sample of train) {
      const [{ data }, mask] = [await sample.image(), await sample.mask?.()];
      data.forEach((value, i) => {
        const histogram = mask?.data[i] === 1 ? objects : others;
        histogram[value] = (histogram[value] as number) + 1;
      });
    }
    const total = (histogram: Float64Array, below = 256) =>
      histogram.subarray(0, below).reduce((sum, count) => sum + count, 0);
    const [object, pixels] = [total(objects), total(objects) + total(others)];
    const overlaps = Array.from({ length: 256 }, (_, grey) => total(objects, grey) / (object + total(others, grey)));
    const best = Math.max(...overlaps);
    expect(best).toBeLessThan(0.5);
    expect(object / pixels).toBeGreaterThan(0.1);
    expect(object / pixels).toBeLessThan(0.25);
  });

  it("draws the same picture whichever part is asked for first, and as often as it is asked for", async () => {
    const open = async () => (await phantom({ trainImages: 6, size: 64 }).open({})).train[0];
    const [first, second] = [await open(), await open()];
    const image = await first?.image();
    const mask = await first?.mask?.();
    expect(mask?.data).toContain(1);
    expect(await second?.mask?.()).toEqual(mask);
    expect(await second?.mask?.()).toEqual(mask);
    expect(await second?.image()).toEqual(image);
    expect(await first?.image()).toEqual(image);
  });

  it("refuses what it cannot draw", () => {
    expect(() => phantom({ size: 8 })).toThrow(BadOptionError);
    expect(() => phantom({ size: 8 })).toThrow(/from 32 to 4096 for "size", but was given 8/);
    expect(() => phantom({ trainImages: 4, groups: 6 })).toThrow(/At most 4 groups/);
    expect(() => phantom({ noise: -1 })).toThrow(/a "noise" from 0 to 10/);
  });
});

describe("findNearDuplicates", () => {
  const picture = (id: string, draw: (x: number, y: number) => number, side = 64) =>
    thumbnailOf(id, {
      width: side,
      height: side,
      channels: 1,
      data: Uint8Array.from({ length: side * side }, (_, i) => draw(i % side, Math.floor(i / side))),
    });
  const waves = picture("waves", (x, y) => 100 + 50 * Math.sin(x / 5) * Math.cos(y / 7));

  it("finds the same picture under other brightness and contrast, and names the most similar one", () => {
    const fainter = picture("fainter", (x, y) => 30 + 20 * Math.sin(x / 5) * Math.cos(y / 7));
    const moved = picture("moved", (x, y) => 100 + 50 * Math.sin((x + 2) / 5) * Math.cos(y / 7));
    const [found] = findNearDuplicates([moved, waves], [fainter]);
    expect(found).toMatchObject({ train: "waves", test: "fainter" });
    expect(found?.similarity).toBeGreaterThan(0.99);
    // sin(a + 0.4) correlates with sin(a) by cos(0.4) = 0.92.
    expect(findNearDuplicates([moved], [waves])[0]?.similarity).toBeCloseTo(0.92, 1);
  });

  it("finds nothing in other pictures, in other sizes and in blank ones", () => {
    const others = [
      picture("across", (x, y) => 100 + 50 * Math.cos(x / 5) * Math.cos(y / 7)),
      picture("larger", (x, y) => 100 + 50 * Math.sin(x / 5) * Math.cos(y / 7), 128),
      picture("blank", () => 7),
    ];
    expect(findNearDuplicates(others, [waves])).toEqual([]);
    expect(findNearDuplicates(others.slice(2), others.slice(2))).toEqual([]);
  });
});
