import type { Evaluation, MetricWords } from "@em-stellar/core";

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

const themes: readonly { readonly title: string; readonly families: readonly MetricWords["family"][] }[] = [
  { title: "Pixels, further measures", families: ["ranking", "pixels"] },
  { title: "Objects: found, split, merged", families: ["objects", "regions"] },
  { title: "Outlines", families: ["boundaries"] },
];

/**
 * The measures of an evaluation by theme, the ranking one first of all. Those of the paper's table 1 stand together; where
 * the background is positive there is a group with that table's columns, as it prints them.
 */
export function groupMeasures({ metrics, rankedBy, options: { positive } }: Evaluation): MeasureGroup[] {
  const isOfBackground = (metric: Metric) => metric.options.positive === "background";
  const groups: MeasureGroup[] = [];
  const rankedFirst = (given: readonly Metric[]) => [
    ...given.filter(({ id }) => id === rankedBy),
    ...given.filter(({ id }) => id !== rankedBy),
  ];
  if (positive !== "background") {
    groups.push({
      title: "Positive class: object",
      note: "For scores that need a positive class, it is the object.",
      positive: "object",
      metrics: rankedFirst(inTableOrder(metrics.filter((metric) => !isOfBackground(metric)))),
    });
  }
  if (positive !== "object") {
    const paper = tableOfPaper(metrics);
    groups.push({
      title: "Positive class: background, as in the EM-stellar paper",
      note: "The columns of table 1 of the paper, in its order: the positive class is the background for F1, sensitivity, specificity, PPV and NPV, and the object for Jaccard. Accuracy is the same for both.",
      positive: undefined,
      metrics: positive === "background" ? rankedFirst(paper) : paper,
    });
  }
  const placed = new Set(groups.flatMap((group) => group.metrics));
  for (const { title, families } of themes) {
    const chosen = families.flatMap((family) =>
      metrics.filter((metric) => metric.words?.family === family && !placed.has(metric)),
    );
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

/** Those that the paper's table 1 has, in its order. */
function inTableOrder(metrics: readonly Metric[]): Metric[] {
  const column = ({ words }: Metric) => words?.paper?.column ?? 0;
  return metrics.filter(column).toSorted((a, b) => column(a) - column(b));
}

/** The paper's table 1: of each of its columns one metric, of the background where there is one of either class. */
function tableOfPaper(metrics: readonly Metric[]): Metric[] {
  const ofPaper = inTableOrder(metrics);
  return ofPaper.filter(({ metric, options }) => {
    const twins = ofPaper.filter((other) => other.metric === metric);
    return twins.length === 1 || options.positive === "background";
  });
}
