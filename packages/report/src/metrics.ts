import type { Results } from "@em-stellar/core";

export type MetricRecord = Results["metrics"][number];

/** How the field writes the names of measures, and what they mean in one sentence. Measures that are not listed show their id. */
const known: Record<string, { label: string; meaning: string }> = {
  f1: {
    label: "F1",
    meaning: "2TP / (2TP + FP + FN), also called the Dice score: 1 where prediction and truth agree in every pixel.",
  },
  jaccard: {
    label: "Jaccard",
    meaning:
      "TP / (TP + FP + FN), also called intersection over union: stricter than F1, and 1 where both agree in every pixel.",
  },
  accuracy: {
    label: "Accuracy",
    meaning: "the share of all pixels called correctly; high for any method where one class fills the image.",
  },
  sensitivity: {
    label: "Sensitivity",
    meaning: "TP / (TP + FN), also called recall: the share of the positive class that was found.",
  },
  specificity: {
    label: "Specificity",
    meaning: "TN / (TN + FP): the share of the negative class that was left alone.",
  },
  ppv: {
    label: "PPV",
    meaning: "TP / (TP + FP), positive predictive value or precision: the share of what was called positive that is.",
  },
  npv: {
    label: "NPV",
    meaning: "TN / (TN + FN), negative predictive value: the share of what was called negative that is.",
  },
  loss: { label: "Loss", meaning: "what training makes small; its scale depends on the loss that was chosen." },
  "auc-roc": {
    label: "AUC-ROC",
    meaning:
      "how often a random object pixel gets a higher probability than a random background pixel; needs no threshold.",
  },
  "average-precision": {
    label: "AP",
    meaning: "average precision: the area under the curve of precision over recall.",
  },
  "v-rand": {
    label: "V-Rand",
    meaning:
      "how well pairs of object pixels are kept together or apart as in the truth; counts splits and merges of objects.",
  },
  "v-info": {
    label: "V-Info",
    meaning: "how much the predicted objects tell about the true ones; counts splits and merges of objects.",
  },
  dice: { label: "Dice", meaning: "the same number as F1, under the name that papers on overlap use." },
  mcc: {
    label: "MCC",
    meaning:
      "Matthews correlation coefficient of truth and prediction, pixel by pixel: 1 where both agree, 0 for a prediction that tells nothing.",
  },
  "balanced-accuracy": {
    label: "Balanced accuracy",
    meaning: "the mean of the shares of object and of background that are called correctly.",
  },
  "pixel-error": { label: "Pixel error", meaning: "the share of all pixels called wrongly, 1 − accuracy." },
  "volume-error": {
    label: "Volume error",
    meaning: "how far the number of pixels called object is from the true one, as a share of the true one.",
  },
  "object-f1": {
    label: "Object F1",
    meaning: "the F1 score of whole objects, matched where they overlap by more than half (IoU above 0.5).",
  },
  "ap-50": {
    label: "AP50",
    meaning: "TP / (TP + FP + FN) of whole objects, matched where they overlap with an IoU of at least 0.5.",
  },
  "ap-75": {
    label: "AP75",
    meaning: "TP / (TP + FP + FN) of whole objects, matched where they overlap with an IoU of at least 0.75.",
  },
  "adapted-rand-error": {
    label: "Adapted Rand error",
    meaning: "1 minus the F-score of pairs of pixels kept together or apart as in the truth.",
  },
  "voi-split": {
    label: "VOI split",
    meaning: "variation of information due to true objects that were split, in bits.",
  },
  "voi-merge": {
    label: "VOI merge",
    meaning: "variation of information due to objects that were merged, in bits.",
  },
  "boundary-f1": {
    label: "Boundary F1",
    meaning: "the F1 score of outlines: how much of each lies within a few pixels of the other.",
  },
  "hausdorff-95": {
    label: "Hausdorff 95 %",
    meaning: "the distance, in pixels, within which 95 % of the outlines lie of each other.",
  },
  "average-surface-distance": {
    label: "Surface distance",
    meaning: "the mean distance, in pixels, between the outlines of prediction and truth.",
  },
};

/** The metric of an id as the suite configured it; throws nothing: an id that is not listed counts as one to maximise. */
export function metricOf(results: Results, id: string): MetricRecord {
  return (
    results.metrics.find((metric) => metric.id === id) ?? {
      id,
      goal: id === "loss" ? "minimize" : "maximize",
      range: [null, null],
      options: {},
    }
  );
}

/** `Jaccard` for `jaccard`, `F1, background` for `f1:background`; ids of other people's metrics stay as they are. */
export function metricLabel(id: string): string {
  const [metric = "", setApart] = id.split(":");
  const label = known[metric]?.label;
  if (label === undefined) return id;
  return setApart === undefined ? label : `${label}, ${setApart}`;
}

/** One sentence for the glossary, or undefined for a metric that this package does not know. */
export function metricMeaning(id: string): string | undefined {
  return known[id.split(":")[0] ?? ""]?.meaning;
}

/** Which class counts as positive, where the metric has that choice. */
export function positiveClass(metric: MetricRecord): string | undefined {
  const positive = metric.options.positive;
  return typeof positive === "string" ? positive : undefined;
}

/** Above 0 where `a` is better than `b` by the metric's goal, below 0 where it is worse. */
export function compareScores(metric: Pick<MetricRecord, "goal">, a: number, b: number): number {
  return metric.goal === "maximize" ? a - b : b - a;
}
