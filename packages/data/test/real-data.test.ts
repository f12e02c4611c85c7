import { binarize } from "@em-stellar/core";
import { findNearDuplicates, thumbnailOf } from "@em-stellar/data";
import { imageFolder } from "@em-stellar/data/node";
import { describe, expect, it } from "vitest";

const folder = process.env.EM_STELLAR_DATA;

describe.skipIf(!folder)("real data (needs EM_STELLAR_DATA)", () => {
  const context = folder === undefined ? {} : { folder };
  const share = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0) / mask.length;

  it("reads the cardiac set: TIFF images, TIFF and PNG masks, regions A to D", async () => {
    const { train, test } = await imageFolder({
      images: "cardiac/train/images",
      masks: "cardiac/train/masks",
      testImages: "cardiac/test/images",
      testMasks: "cardiac/test/masks",
      groupBy: "^[A-D]",
    }).open(context);
    expect(train.map(({ group }) => group).join("")).toBe("AAAAABBBBBCCCCCDDDDD");
    expect(test.map(({ id }) => id)).toEqual(["A0004", "B0004", "C0004", "D0004"]);
    const image = await test[1]?.image();
    expect(image).toMatchObject({ width: 512, height: 512, channels: 1 });
    // This mask has greys between 0 and 255; they stay, and are cut in the middle.
    const mask = await test[1]?.mask?.();
    expect(mask?.maximum).toBe(255);
    expect(new Set(mask?.data).size).toBeGreaterThan(2);
    expect(share(binarize(mask as NonNullable<typeof mask>))).toBeCloseTo(0.38, 1);
  });

  it("reads the palette masks of the lateral habenula as 0 and 1, and knows neighbouring slices", async () => {
    const { train } = await imageFolder({
      images: "lateral-habenula/train/images/slice-01?.png",
      masks: "lateral-habenula/train/masks/slice-01?.png",
    }).open(context);
    expect(train.map(({ z }) => z)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const mask = await train[0]?.mask?.();
    expect([...new Set(mask?.data)].sort()).toEqual([0, 1]);
    expect(mask?.maximum).toBe(1);
    const pictures = await Promise.all(
      train
        .filter((_, i) => i === 0 || i === 1 || i === 9)
        .map(async ({ id, image }) => thumbnailOf(id, await image())),
    );
    const [first, second, last] = pictures as [(typeof pictures)[0], (typeof pictures)[0], (typeof pictures)[0]]; // three were taken
    expect(findNearDuplicates([first], [second])[0]?.similarity).toBeGreaterThan(0.8);
    expect(findNearDuplicates([first], [last])).toEqual([]);
  });
});
