import type { Confusion } from "./confusion.js";
import type { ScoreCounts } from "./score-counts.js";

/** The receiver operating characteristic: one point for each distinct score, from nothing called object to everything. */
export interface RocCurve {
  /** What is called object at a point: every pixel whose score is this or higher. The first is Infinity. */
  readonly thresholds: Float64Array;
  /** False positive rate, the share of background called object; ascending from 0 to 1. */
  readonly fpr: Float64Array;
  /** True positive rate, the share of the object called object; ascending from 0 to 1. */
  readonly tpr: Float64Array;
}

/** The ROC curve with the object as positive; undefined where either class is missing. */
export function rocCurve(counts: ScoreCounts): RocCurve | undefined {
  const { thresholds, tp, fp, objects, background } = fromStrictToLenient(counts);
  if (objects === 0 || background === 0) return undefined;
  return { thresholds, fpr: fp.map((count) => count / background), tpr: tp.map((count) => count / objects) };
}

/** Precision over recall: one point for each distinct score, from nothing called object to everything. */
export interface PrecisionRecallCurve {
  /** What is called object at a point: every pixel whose score is this or higher. The first is Infinity. */
  readonly thresholds: Float64Array;
  /** Share of the object called object; ascending from 0 to 1. */
  readonly recall: Float64Array;
  /** Share of what is called object that is; 1 by convention at the first point, where nothing is called object. */
  readonly precision: Float64Array;
}

/** The precision-recall curve with the object as positive; undefined where there is no object. */
export function precisionRecallCurve(counts: ScoreCounts): PrecisionRecallCurve | undefined {
  const { thresholds, tp, fp, objects } = fromStrictToLenient(counts);
  if (objects === 0) return undefined;
  const precision = tp.map((count, i) => (i === 0 ? 1 : count / (count + (fp[i] as number))));
  return { thresholds, recall: tp.map((count) => count / objects), precision };
}

/** The confusion table at each threshold, in the order given: object is what scores above the threshold, as in `confusion`. */
export function thresholdSweep(counts: ScoreCounts, thresholds: readonly number[]): Confusion[] {
  const { tp, fp, objects, background } = fromStrictToLenient(counts);
  const { scores } = counts;
  return thresholds.map((threshold) => {
    let [low, high] = [0, scores.length]; // the first score above the threshold lies in [low, high]
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((scores[middle] as number) > threshold) high = middle;
      else low = middle + 1;
    }
    const point = scores.length - low;
    const [called, wrongly] = [tp[point] as number, fp[point] as number];
    return { tp: called, fp: wrongly, tn: background - wrongly, fn: objects - called };
  });
}

/** The pixels at or above each score, highest first, behind a point where there are none. */
function fromStrictToLenient(counts: ScoreCounts) {
  const length = counts.scores.length;
  const thresholds = new Float64Array(length + 1);
  const tp = new Float64Array(length + 1);
  const fp = new Float64Array(length + 1);
  thresholds[0] = Number.POSITIVE_INFINITY;
  for (let point = 1; point <= length; point++) {
    const i = length - point;
    thresholds[point] = counts.scores[i] as number;
    tp[point] = (tp[point - 1] as number) + (counts.objects[i] as number);
    fp[point] = (fp[point - 1] as number) + (counts.background[i] as number);
  }
  return { thresholds, tp, fp, objects: tp[length] as number, background: fp[length] as number };
}
