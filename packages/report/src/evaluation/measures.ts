import type { Evaluation } from "@em-stellar/core";

type Metric = Evaluation["metrics"][number];

/** Columns that stand in one table. */
export interface MeasureGroup {
  readonly title: string;
  /** What the reader has to know about these columns. */
  readonly note: string | undefined;
  /** The positive class that goes without saying. */
  readonly positive: "object" | undefined;
  readonly metrics: readonly Metric[];
}

/** The columns of table 1 of the paper, in its order. */
const ofPaper = ["f1", "v-rand", "v-info", "accuracy", "sensitivity", "specificity", "ppv", "npv", "jaccard"];

const themes: readonly { readonly title: string; readonly metrics: readonly string[] }[] = [
  {
    title: "Pixels, further measures",
    metrics: ["auc-roc", "average-precision", "dice", "mcc", "balanced-accuracy", "pixel-error", "volume-error"],
  },
  {
    title: "Objects: found, split, merged",
    metrics: ["object-f1", "ap-50", "ap-75", "adapted-rand-error", "voi-split", "voi-merge"],
  },
  { title: "Outlines", metrics: ["boundary-f1", "hausdorff-95", "average-surface-distance"] },
];

/**
 * The measures of an evaluation by theme, the ranking one first of all. Where the background is positive there is a group
 * with the columns of the paper's table 1, as it prints them.
 */
export function groupMeasures({ metrics, rankedBy, options: { positive } }: Evaluation): MeasureGroup[] {
  const isOfBackground = (metric: Metric) => metric.options.positive === "background";
  const select = (ids: readonly string[], from: readonly Metric[]) =>
    ids.flatMap((id) => from.filter(({ metric }) => metric === id));
  const groups: MeasureGroup[] = [];
  const ofObject = metrics.filter((metric) => !isOfBackground(metric));
  const rankedFirst = (given: readonly Metric[]) => [
    ...given.filter(({ id }) => id === rankedBy),
    ...given.filter(({ id }) => id !== rankedBy),
  ];
  if (positive !== "background") {
    groups.push({
      title: "Object positive",
      note: "Measures that name a positive class take the object.",
      positive: "object",
      metrics: rankedFirst(select(ofPaper, ofObject)),
    });
  }
  if (positive !== "object") {
    const paper = ofPaper.flatMap((id) => {
      const found = metrics.filter(({ metric }) => metric === id);
      return found.find(isOfBackground) ?? found.slice(0, 1);
    });
    groups.push({
      title: "As in the EM-stellar paper: background positive",
      note: "The columns of table 1 of the paper, in its order: F1, sensitivity, specificity, PPV and NPV take the background as positive, Jaccard takes the object, and accuracy is the same either way.",
      positive: undefined,
      metrics: positive === "background" ? rankedFirst(paper) : paper,
    });
  }
  const placed = new Set(groups.flatMap((group) => group.metrics));
  for (const { title, metrics: ids } of themes) {
    const chosen = select(ids, metrics).filter((metric) => !placed.has(metric));
    for (const metric of chosen) placed.add(metric);
    groups.push({ title, note: undefined, positive: positive === "object" ? "object" : undefined, metrics: chosen });
  }
  groups.push({
    title: "Other measures",
    note: undefined,
    positive: undefined,
    metrics: rankedFirst(metrics.filter((metric) => !placed.has(metric))),
  });
  const filled = groups.filter((group) => group.metrics.length > 0);
  const ranking = filled.findIndex((group) => group.metrics.some(({ id }) => id === rankedBy));
  return [...filled.slice(ranking, ranking + 1), ...filled.filter((_, i) => i !== ranking)];
}
