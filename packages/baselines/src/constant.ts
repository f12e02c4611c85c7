import { defineBaseline } from "@em-stellar/core";
import { trainingImages } from "./training-images.js";

/**
 * Every pixel is object: of all maps without regard to the image, the one with the highest Jaccard index (the object's
 * share of the pixels). Throws `InputError` where the samples cannot be learnt from.
 */
export const constant = defineBaseline({
  id: "constant",
  summary: "Every pixel is object",
  defaults: {},
  async fit(samples) {
    let pixels = 0;
    let objects = 0;
    for await (const { mask, ignored } of trainingImages("constant", samples)) {
      pixels += mask.length - (ignored?.reduce((sum, one) => sum + one, 0) ?? 0);
      for (let i = 0; i < mask.length; i++) objects += mask[i] as number;
    }
    return {
      segment: ({ width, height }) => ({
        width,
        height,
        data: new Uint8Array(width * height).fill(1),
        maximum: 1,
        threshold: 0.5,
      }),
      learnt: { probability: 1, trainingJaccard: objects / pixels },
    };
  },
});
