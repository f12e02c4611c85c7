import { binarize, type Comparison, countedPixels, type ProbabilityMap } from "@em-stellar/core";

/** Pixels of one image, or of several added up, by what they are and what they were called; the object is positive. */
export interface Confusion {
  /** Object called object. */
  readonly tp: number;
  /** Background called object. */
  readonly fp: number;
  /** Background called background. */
  readonly tn: number;
  /** Object called background. */
  readonly fn: number;
}

/** The names of the counts. */
export const confusionCounts = ["tp", "fp", "tn", "fn"] as const satisfies readonly (keyof Confusion)[];

/**
 * The confusion table of a comparison: truth above 0.5 is object, and so is a prediction above its own threshold
 * (0.5 where it names none). `comparison.derive(confusion)` counts once, however many metrics ask.
 */
export function confusion({ truth, prediction }: Comparison): Confusion {
  const { data: t, cut: truthCut } = cutOf(truth, 0.5);
  const { data: p, cut: predictionCut } = cutOf(prediction, prediction.threshold ?? 0.5);
  let objects = 0;
  let called = 0;
  let tp = 0;
  for (let i = 0; i < t.length; i++) {
    // `+` makes the comparison a number without a branch: at the ragged edges of objects, branches are mispredicted.
    const isObject = +((t[i] as number) > truthCut);
    const isCalled = +((p[i] as number) > predictionCut);
    objects += isObject;
    called += isCalled;
    tp += isObject & isCalled;
  }
  // Ignored pixels are background in both maps.
  return { tp, fp: called - tp, tn: countedPixels(truth) - objects - called + tp, fn: objects - tp };
}

/** Values and a cut such that `value > cut` is what core's `binarize` calls object, without an array of its own. */
function cutOf(map: ProbabilityMap, threshold: number): { data: ProbabilityMap["data"]; cut: number } {
  const { data, maximum } = map;
  if (!(data instanceof Float32Array)) {
    let last = -1; // the greatest whole value that is still background
    while (last < maximum && !(Math.fround((last + 1) / maximum) > threshold)) last++;
    return { data, cut: last };
  }
  return maximum === 1 ? { data, cut: threshold } : { data: binarize(map, threshold), cut: 0 };
}
