import type { MetricRecord } from "@em-stellar/core";

/** What a training makes small. It is no metric, but the other thing that checkpoints are chosen by. */
const loss: MetricRecord = {
  id: "loss",
  goal: "minimize",
  range: [null, null],
  options: {},
  words: {
    label: "Loss",
    meaning: "the number that training minimises; its scale depends on the loss.",
    family: "other",
    choosesPositive: false,
  },
};

/** The metric of an id as the results record it, or the loss; throws nothing: an id that is neither counts as one to maximise. */
export function metricOf({ metrics }: { readonly metrics: readonly MetricRecord[] }, id: string): MetricRecord {
  const known = metrics.find((metric) => metric.id === id);
  return known ?? (id === loss.id ? loss : { id, goal: "maximize", range: [null, null], options: {} });
}

/** `Jaccard` for `jaccard`, `F1, background` for `f1:background`. */
export function metricLabel({ id, words }: MetricRecord): string {
  const [, setApart] = id.split(":");
  if (!words) return id;
  return setApart === undefined ? words.label : `${words.label}, ${setApart}`;
}

/** The label of the metric itself, without what sets it apart from another configuration of it: `F1` for `f1:background`. */
export function plainLabel({ id, words }: MetricRecord): string {
  return words?.label ?? id.split(":")[0] ?? id;
}

/** `Jaccard`: the label of the metric that the methods are ranked by. */
export function rankingLabel(board: { readonly metrics: readonly MetricRecord[]; readonly rankedBy: string }): string {
  return metricLabel(metricOf(board, board.rankedBy));
}

/** Which class counts as positive, where that makes a difference to the metric. */
export function positiveClass({ options: { positive }, words }: MetricRecord): string | undefined {
  return typeof positive === "string" && words?.choosesPositive !== false ? positive : undefined;
}
