import { maskOf, type Raster, type Sample } from "@em-stellar/core";
import { expect, it } from "vitest";
import { newBaseline } from "./component.js";

const image = (width: number): Raster => ({ width, height: 1, channels: 1, data: new Uint8Array(width) });
const sample = (mask: string): Sample => ({
  id: mask,
  image: async () => image(mask.length),
  mask: async () => maskOf(mask.length, 1, (i) => mask[i] === "#"),
});

it("learns the object's share, pixels of all images together", async () => {
  const { learnt, segment } = await newBaseline().fit([sample("#..."), sample("##.#")]);
  expect(learnt).toEqual({ probability: 0.5 });
  expect([...segment(image(3)).data]).toEqual([0.5, 0.5, 0.5]);
});

it("needs samples with masks", async () => {
  await expect(newBaseline().fit([])).rejects.toThrow("was given no training samples");
  await expect(newBaseline().fit([{ id: "bare", image: async () => image(1) }])).rejects.toThrow(
    'sample "bare" has none. Give it labelled samples only.',
  );
});
