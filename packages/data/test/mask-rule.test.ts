import { binarize, InputError } from "@em-stellar/core";
import { type DecodedImage, decideMasks, type MaskRule, readMask, requireBothClasses } from "@em-stellar/data";
import { describe, expect, it } from "vitest";

const auto: MaskRule = { maskRule: "auto", objectLabels: null, polarity: "auto", ignoreValue: null };
const mask = (values: readonly number[], more: Partial<DecodedImage> = {}): DecodedImage => ({
  width: values.length,
  height: 1,
  channels: 1,
  data: Uint8Array.from(values),
  fullRange: 255,
  ...more,
});
/** The object's pixels of each mask of a set. */
const read = async (rule: MaskRule, ...masks: DecodedImage[]) => {
  const decision = await decideMasks(
    rule,
    masks.map((one, i) => ({ name: `${i}.png`, read: () => one })),
  );
  return masks.map((one, i) => [...binarize(readMask(decision, i, one, "m"))]);
};

describe("the rule auto", () => {
  it("reads 0 and 255, 0 and 1, 0 and any one value", async () => {
    expect(await read(auto, mask([0, 255, 255]))).toEqual([[0, 1, 1]]);
    expect(await read(auto, mask([0, 1, 0]))).toEqual([[0, 1, 0]]);
    expect(await read(auto, mask([128, 0]))).toEqual([[1, 0]]);
  });

  it("decides for the whole set: a mask of zeros beside one of 0 and 1, a mask of ones", async () => {
    expect(await read(auto, mask([0, 0]), mask([0, 1]), mask([1, 1]))).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
  });

  it("keeps a few greys at the edges as probabilities", async () => {
    const values = [...Array(50).fill(255), 200, 100, ...Array(50).fill(0)];
    const decision = await decideMasks(auto, [{ name: "m", read: () => mask(values) }]);
    const map = readMask(decision, 0, mask(values), "m");
    expect(map.maximum).toBe(255);
    expect([...map.data]).toEqual(values);
    expect([...binarize(map)].slice(49, 53)).toEqual([1, 1, 0, 0]);
  });

  it("reads palette masks as indices, not as colours", async () => {
    const palette = [
      [0, 0, 0],
      [10, 0, 0],
    ] as const;
    expect(await read(auto, mask([0, 1, 1, 0], { palette }))).toEqual([[0, 1, 1, 0]]);
  });

  it("refuses labels that could mean anything, and names the ways out", async () => {
    const attempt = () => read(auto, mask([0, 0]), mask([0, 1, 2, 3]));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(
      /1\.png \(one of 2 files\) holds the values 0, 1, 2, 3.*objectLabels: \[3\].*maskRule: "index"/,
    );
    await expect(() => read(auto, mask([0, 60, 120, 180, 255]))).rejects.toThrow(InputError);
    await expect(() => read(auto, mask([10, 255]))).rejects.toThrow(InputError);
  });
});

describe("other rules", () => {
  it("index: everything but 0 is object", async () => {
    expect(await read({ ...auto, maskRule: "index" }, mask([0, 1, 7]))).toEqual([[0, 1, 1]]);
  });

  it("objectLabels: these and no others, also 0", async () => {
    expect(await read({ ...auto, objectLabels: [2, 7] }, mask([0, 1, 2, 7]))).toEqual([[0, 0, 1, 1]]);
    expect(await read({ ...auto, objectLabels: [0] }, mask([0, 255]))).toEqual([[1, 0]]);
  });

  it("binary: from 0 to 1, 255 or 65535, cut in the middle", async () => {
    const binary: MaskRule = { ...auto, maskRule: "binary" };
    expect(await read(binary, mask([0, 127, 128, 254]))).toEqual([[0, 0, 1, 1]]);
    expect(await read(binary, mask([0, 1]))).toEqual([[0, 1]]);
    expect(await read(binary, mask([0, 0], { data: Uint16Array.of(30000, 40000), fullRange: 65535 }))).toEqual([
      [0, 1],
    ]);
  });
});

describe("requireBothClasses", () => {
  it("takes masks of which one is empty", () => {
    requireBothClasses([
      { id: "a", objects: 1, pixels: 4 },
      { id: "b", objects: 0, pixels: 2 },
    ]);
  });

  it("refuses masks that hold one class only, and says which", () => {
    const only = (value: number) => () =>
      requireBothClasses([
        { id: "a", objects: 2 * value, pixels: 2 },
        { id: "b", objects: value, pixels: 1 },
      ]);
    expect(only(0)).toThrow(InputError);
    expect(only(0)).toThrow(/The 2 masks \("a" to "b"\) hold background only.*maskRule or objectLabels/);
    expect(only(1)).toThrow(/object only: no pixel is background/);
  });
});
