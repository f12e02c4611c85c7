import type { ThresholdCurves } from "@em-stellar/core";
import type { Counting, ScoreCounts } from "./counting.js";

/** Points of a curve in results: enough that a chart of it looks the same. */
const mostPoints = 200;

/** 0, 0.01, … 1. */
const swept = Array.from({ length: 101 }, (_, i) => i / 100);

/** Precision over recall, ROC, and F1 and Jaccard over thresholds, in a compact form. */
export function curvesOf(
  counts: ScoreCounts,
  threshold: number,
  {
    precisionRecallCurve,
    rocCurve,
    thresholdSweep,
  }: Pick<Counting, "precisionRecallCurve" | "rocCurve" | "thresholdSweep">,
): ThresholdCurves {
  const curve = precisionRecallCurve(counts);
  const roc = rocCurve(counts);
  const tables = thresholdSweep(counts, swept);
  const [at] = thresholdSweep(counts, [threshold]);
  const { tp = 0, fp = 0, tn = 0, fn = 0 } = at ?? {};
  return {
    scores: counts.scores.length,
    precisionRecall: curve ? thinned({ recall: curve.recall, precision: curve.precision }) : null,
    roc: roc ? thinned({ fpr: roc.fpr, tpr: roc.tpr }) : null,
    sweep: {
      thresholds: swept,
      f1: tables.map(({ tp, fp, fn }) => ratio(2 * tp, 2 * tp + fp + fn)),
      jaccard: tables.map(({ tp, fp, fn }) => ratio(tp, tp + fp + fn)),
    },
    operating: { recall: ratio(tp, tp + fn), precision: ratio(tp, tp + fp), fpr: ratio(fp, fp + tn) },
  };
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : rounded(numerator / denominator);
}

/** Points at equal steps along the curve, its first and last among them: corners keep more than straight parts. */
function thinned<X extends string, Y extends string>(curve: Record<X | Y, Float64Array>): Record<X | Y, number[]> {
  const axes = Object.entries<Float64Array>(curve);
  const [x, y] = axes.map(([, values]) => values) as [Float64Array, Float64Array]; // a curve has two
  const along = new Float64Array(x.length);
  for (let i = 1; i < x.length; i++) {
    const moved = (axis: Float64Array) => Math.abs((axis[i] as number) - (axis[i - 1] as number));
    along[i] = (along[i - 1] as number) + moved(x) + moved(y);
  }
  const step = (along.at(-1) ?? 0) / (mostPoints - 2);
  const kept: number[] = [];
  let due = 0;
  for (let i = 0; i < x.length; i++) {
    if (x.length > mostPoints && i < x.length - 1 && (along[i] as number) < due) continue;
    kept.push(i);
    due = (along[i] as number) + step;
  }
  // Object.entries kept the names that the caller gave
  return Object.fromEntries(axes.map(([name, axis]) => [name, kept.map((i) => rounded(axis[i] as number))])) as Record<
    X | Y,
    number[]
  >;
}

/** Five digits: a chart has no more. */
function rounded(value: number): number {
  return Number(value.toFixed(5));
}
