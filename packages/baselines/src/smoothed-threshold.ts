import { defineBaseline, type Sample } from "@em-stellar/core";
import { gaussianBlur } from "./gaussian-blur.js";
import { checkSigmas } from "./sigmas.js";
import {
  bestEdge,
  edgeValue,
  evidence,
  jaccardByEdge,
  type Levels,
  levelsBetween,
  type Polarity,
  rangeOf,
} from "./threshold.js";
import { greyValues, trainingImages } from "./training-images.js";

/** Options of {@link smoothedThreshold}. */
export interface SmoothedThresholdOptions {
  /** Standard deviations of the Gaussian to choose from, in pixels; 0 is no blur. The first of equals wins. */
  sigmas: readonly number[];
}

/**
 * Gaussian blur and one threshold for all images: of all sigmas, thresholds and both polarities, the one with the
 * highest pooled Jaccard index on the training images. Throws `InputError` where the samples cannot be learnt from.
 */
export const smoothedThreshold = defineBaseline({
  id: "smoothed-threshold",
  summary: "Gaussian blur and a threshold, both picked on the training images",
  defaults: { sigmas: [0, 1, 2, 3, 4, 6, 8] },
  check: checkSigmas(),
  async fit(samples, { sigmas }: SmoothedThresholdOptions) {
    const images = [...samples]; // read twice: for the range of grey values, then to count
    const levels = await commonLevels(images);
    const levelsPerGrey = 1 / levels.step;
    const choices = sigmas.map((sigma) => ({
      sigma,
      objects: new Uint32Array(levels.count),
      background: new Uint32Array(levels.count),
    }));
    for await (const { values, width, height, mask, ignored } of trainingImages("smoothed-threshold", images)) {
      for (const { sigma, objects, background } of choices) {
        const blurred = gaussianBlur(values, width, height, sigma);
        for (let i = 0; i < blurred.length; i++) {
          if (ignored?.[i] === 1) continue;
          const level = (((blurred[i] as number) - levels.low) * levelsPerGrey + 0.5) | 0;
          const counts = mask[i] === 1 ? objects : background;
          counts[level] = (counts[level] as number) + 1;
        }
      }
    }
    const candidates = choices.flatMap(({ sigma, objects, background }) =>
      (["bright", "dark"] satisfies Polarity[]).map((polarity) => ({
        sigma,
        polarity,
        ...bestEdge(jaccardByEdge(objects, background, polarity)),
      })),
    );
    const { sigma, polarity, edge, score } = candidates.reduce((best, each) => (each.score > best.score ? each : best));
    const threshold = edgeValue(levels, edge);
    return {
      segment(image) {
        const blurred = gaussianBlur(greyValues(image), image.width, image.height, sigma);
        const [low, high] = [levels.low - levels.step, levels.high + levels.step]; // the cut may lie at either end
        return evidence(blurred, image, { low, cut: threshold, high, polarity });
      },
      learnt: { sigma, threshold, polarity, trainingJaccard: score },
    };
  },
});

/** Levels over the grey values of all images. */
async function commonLevels(samples: readonly Sample[]): Promise<Levels> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    const range = rangeOf(greyValues(await sample.image()));
    low = Math.min(low, range.low);
    high = Math.max(high, range.high);
  }
  return levelsBetween(low, high, false);
}
