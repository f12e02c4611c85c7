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

/** `Jaccard` for `jaccard`; ids of other people's metrics stay as they are. */
export function metricLabel(id: string): string {
  return known[id]?.label ?? id;
}

/** One sentence for the glossary, or undefined for a metric that this package does not know. */
export function metricMeaning(id: string): string | undefined {
  return known[id]?.meaning;
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
