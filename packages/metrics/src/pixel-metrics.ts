import type { Factory, Metric, MetricWords } from "@em-stellar/core";
import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { type Confusion, confusion, confusionCounts } from "./confusion.js";

/** Options of every metric that is a ratio of pixel counts. */
export interface PixelMetricOptions {
  /**
   * The class that counts as positive. Papers differ: the EM-stellar paper's F1, sensitivity, specificity, PPV and NPV
   * take the background, its Jaccard the object.
   */
  positive: "object" | "background";
}

/** F1 score (Dice coefficient) of the positive class, 2 TP / (2 TP + FP + FN), over all pixels of all images. */
export const f1 = pixelMetric({
  id: "f1",
  summary: "F1 score (Dice coefficient): 2 TP / (2 TP + FP + FN)",
  words: {
    label: "F1",
    meaning: "2TP / (2TP + FP + FN), also called the Dice score: 1 where prediction and truth agree in every pixel.",
    paper: { column: 1, positive: "background" },
  },
  score: ({ tp, fp, fn }) => ratio(2 * tp, 2 * tp + fp + fn),
});

/** The Dice coefficient: by definition the same number as {@link f1}, under the name that papers on overlap use. */
export const dice = pixelMetric({
  id: "dice",
  summary: "Dice coefficient, the same number as F1: 2 TP / (2 TP + FP + FN)",
  words: {
    label: "Dice",
    meaning: "the same number as F1, under the name that papers on overlap use.",
  },
  score: ({ tp, fp, fn }) => ratio(2 * tp, 2 * tp + fp + fn),
});

/** Share of pixels that are classified correctly, (TP + TN) / all; the same whichever class is positive. */
export const accuracy = pixelMetric({
  id: "accuracy",
  summary: "Share of pixels that are classified correctly: (TP + TN) / all",
  words: {
    label: "Accuracy",
    meaning: "the share of all pixels that are classified correctly; high for any method if one class fills the image.",
    choosesPositive: false,
    paper: { column: 4, positive: "object" },
  },
  score: ({ tp, fp, tn, fn }) => ratio(tp + tn, tp + fp + tn + fn),
});

/** Share of the positive pixels that were found, TP / (TP + FN); also called recall or true positive rate. */
export const sensitivity = pixelMetric({
  id: "sensitivity",
  summary: "Sensitivity (recall): TP / (TP + FN)",
  words: {
    label: "Sensitivity",
    meaning: "TP / (TP + FN), also called recall: the share of the positive class that was found.",
    paper: { column: 5, positive: "background" },
  },
  score: ({ tp, fn }) => ratio(tp, tp + fn),
});

/** Share of the negative pixels that were left alone, TN / (TN + FP); also called true negative rate. */
export const specificity = pixelMetric({
  id: "specificity",
  summary: "Specificity: TN / (TN + FP)",
  words: {
    label: "Specificity",
    meaning: "TN / (TN + FP): the share of the negative class that was left alone.",
    paper: { column: 6, positive: "background" },
  },
  score: ({ fp, tn }) => ratio(tn, tn + fp),
});

/** Positive predictive value, TP / (TP + FP); also called precision. */
export const ppv = pixelMetric({
  id: "ppv",
  summary: "Positive predictive value (precision): TP / (TP + FP)",
  words: {
    label: "PPV",
    meaning:
      "TP / (TP + FP), positive predictive value or precision: the share of the predicted positive class that is correct.",
    paper: { column: 7, positive: "background" },
  },
  score: ({ tp, fp }) => ratio(tp, tp + fp),
});

/** Negative predictive value, TN / (TN + FN). */
export const npv = pixelMetric({
  id: "npv",
  summary: "Negative predictive value: TN / (TN + FN)",
  words: {
    label: "NPV",
    meaning: "TN / (TN + FN), negative predictive value: the share of the predicted negative class that is correct.",
    paper: { column: 8, positive: "background" },
  },
  score: ({ tn, fn }) => ratio(tn, tn + fn),
});

/** Jaccard index (intersection over union) of the positive class, TP / (TP + FP + FN), over all pixels of all images. */
export const jaccard = pixelMetric({
  id: "jaccard",
  summary: "Jaccard index (intersection over union): TP / (TP + FP + FN)",
  words: {
    label: "Jaccard",
    meaning:
      "TP / (TP + FP + FN), also called intersection over union: stricter than F1, and 1 where both agree in every pixel.",
    paper: { column: 9, positive: "object" },
  },
  score: ({ tp, fp, fn }) => ratio(tp, tp + fp + fn),
});

/** A ratio of two sums of the confusion table: counts are pooled over images first, then divided; undefined where the divisor is 0. */
function pixelMetric<const Id extends string>({
  id,
  summary,
  words,
  score,
}: {
  id: Id;
  summary: string;
  words: Partial<MetricWords>;
  score: (counts: Confusion) => number | undefined;
}): Factory<Metric<Id>, PixelMetricOptions> {
  return defineAdditiveMetric({
    id,
    summary,
    words: { family: "pixels", ...words },
    defaults: { positive: "object" },
    check: ({ positive }) =>
      positive === "object" || positive === "background"
        ? undefined
        : `needs "object" or "background" for "positive", but was given ${JSON.stringify(positive)}.`,
    goal: "maximize",
    range: [0, 1],
    parts: confusionCounts,
    partsOf(pair, { positive }: PixelMetricOptions) {
      const { tp, fp, tn, fn } = pair.derive(confusion);
      return positive === "object" ? { tp, fp, tn, fn } : { tp: tn, fp: fn, tn: tp, fn: fp };
    },
    score,
  });
}
