import { expect, it } from "vitest";
import { newData } from "./component.js";

it("is dark where its masks are object: a quarter of each image", async () => {
  const { train, test } = await newData({ size: 8, trainImages: 3, testImages: 2 }).open({});
  expect([...train, ...test].map(({ id }) => id)).toEqual(["train-1", "train-2", "train-3", "test-1", "test-2"]);
  for (const sample of [...train, ...test]) {
    const [image, mask] = [await sample.image(), await sample.mask?.()];
    expect(Array.from(mask?.data ?? []).filter((isObject) => isObject === 1)).toHaveLength(16);
    expect([...image.data]).toEqual(Array.from(mask?.data ?? [], (isObject) => (isObject ? 60 : 180)));
  }
});

it("is the same each time, and another with another seed", async () => {
  const masks = async (seed: number) => {
    const { train } = await newData({ seed }).open({});
    return Promise.all(train.map(async ({ mask }) => (await mask?.())?.data));
  };
  expect(await masks(1)).toEqual(await masks(1));
  expect(await masks(1)).not.toEqual(await masks(2));
});

it("says which options it takes", () => {
  expect(() => newData({ trainImages: 1 })).toThrow(
    'needs a whole number from 2 on for "trainImages", but was given 1.',
  );
});
