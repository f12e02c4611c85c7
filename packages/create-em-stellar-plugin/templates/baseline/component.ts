import { binarize, defineBaseline, InputError } from "@em-stellar/core";

/**
 * The object's share of the training pixels as the probability of every pixel. Throws `InputError` where a sample has no
 * mask, or there are no samples.
 */
export const newBaseline = defineBaseline({
  id: "new-baseline",
  summary: "The object's share of the training pixels, for every pixel",
  defaults: {},
  async fit(samples) {
    let pixels = 0;
    let objects = 0;
    for (const { id, mask } of samples) {
      if (!mask) {
        throw new InputError(
          `baseline "new-baseline" learns from masks, but sample "${id}" has none. Give it labelled samples only.`,
        );
      }
      const binary = binarize(await mask(), 0.5);
      pixels += binary.length;
      for (const isObject of binary) objects += isObject;
    }
    if (pixels === 0) {
      throw new InputError('baseline "new-baseline" was given no training samples. Give it at least one.');
    }
    const probability = objects / pixels;
    return {
      segment: ({ width, height }) => ({
        width,
        height,
        data: new Float32Array(width * height).fill(probability),
        maximum: 1,
      }),
      learnt: { probability },
    };
  },
});
