import { defineBaseline, type RasterData } from "@em-stellar/core";
import { bestEdge, edgeValue, evidence, levelsBetween, type Polarity, rangeOf } from "./threshold.js";
import { greyValues, trainingImages } from "./training-images.js";

/**
 * Otsu's threshold of each image; whether objects are the dark or the bright side is picked by the pooled Jaccard index
 * of the training images. An image of one grey value is all background. Throws `InputError` where the samples cannot be
 * learnt from.
 */
export const otsu = defineBaseline({
  id: "otsu",
  summary: "Otsu's threshold of each image, dark or bright picked on the training images",
  citation: "Otsu (1979), doi:10.1109/TSMC.1979.4310076",
  defaults: {},
  async fit(samples) {
    let objects = 0;
    const called: Record<Polarity, number> = { dark: 0, bright: 0 };
    const found: Record<Polarity, number> = { dark: 0, bright: 0 };
    for await (const { values, mask, ignored } of trainingImages("otsu", samples)) {
      const { cut } = otsuCut(values) ?? {};
      for (let i = 0; i < mask.length; i++) {
        const isObject = mask[i] as number;
        objects += isObject;
        if (cut === undefined || ignored?.[i] === 1) continue;
        const side = (values[i] as number) > cut ? "bright" : "dark";
        called[side]++;
        found[side] += isObject;
      }
    }
    const jaccard = (side: Polarity) => found[side] / (objects + called[side] - found[side]);
    const polarity = jaccard("dark") > jaccard("bright") ? "dark" : "bright";
    return {
      segment(image) {
        const values = greyValues(image);
        const range = otsuCut(values);
        if (range) return evidence(values, image, { ...range, polarity });
        const { width, height } = image;
        return { width, height, data: new Uint8Array(width * height), maximum: 1, threshold: 0.5 };
      },
      learnt: { polarity, trainingJaccard: jaccard(polarity) },
    };
  },
});

/**
 * The grey value between the two classes whose means, weighted by how many pixels each has, lie farthest apart; and the
 * ends of the range. Undefined for an image of one grey value.
 */
export function otsuCut(values: RasterData): { low: number; cut: number; high: number } | undefined {
  const { low, high } = rangeOf(values);
  if (!(low < high)) return undefined;
  const levels = levelsBetween(low, high, !(values instanceof Float32Array));
  const histogram = new Uint32Array(levels.count);
  for (let i = 0; i < values.length; i++) {
    const level = Math.round(((values[i] as number) - low) / levels.step);
    histogram[level] = (histogram[level] as number) + 1;
  }
  const sumOfAll = histogram.reduce((sum, count, level) => sum + count * level, 0);
  const scores = new Float64Array(levels.count);
  let below = 0;
  let sumBelow = 0;
  for (let edge = 1; edge < levels.count; edge++) {
    const count = histogram[edge - 1] as number;
    below += count;
    sumBelow += count * (edge - 1);
    const above = values.length - below;
    scores[edge] = below * above * (sumBelow / below - (sumOfAll - sumBelow) / above) ** 2;
  }
  return { low, cut: edgeValue(levels, bestEdge(scores).edge), high };
}
