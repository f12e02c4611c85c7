import type { Evaluation } from "@em-stellar/core";
import { textTable } from "./text-table.js";

type Metric = Evaluation["metrics"][number];

/** The ranking as text, with as many metrics as `columns` have room for, the ranking one first; with `both`, a table for each class. */
export function summary(evaluation: Evaluation, columns: number): string {
  const { metrics, rankedBy, options } = evaluation;
  const first = metrics.filter(({ id }) => id === rankedBy);
  const ordered = [...first, ...metrics.filter(({ id }) => id !== rankedBy)];
  if (options.positive !== "both") return table(evaluation, ordered, columns, titles[options.positive]);
  const isOfBackground = (metric: Metric) => metric.options.positive === "background";
  const ofObject = ordered.filter((metric) => !isOfBackground(metric));
  const twice = (metric: Metric) => metrics.filter((other) => other.metric === metric.metric).length > 1;
  const ofPaper = metrics
    .filter((metric) => metric.words?.paper && (isOfBackground(metric) || !twice(metric)))
    .toSorted((a, b) => (a.words?.paper?.column ?? 0) - (b.words?.paper?.column ?? 0));
  return [
    table(evaluation, ofObject, columns, titles.object),
    table(evaluation, ofPaper, columns, titles.background),
  ].join("\n\n");
}

const titles = {
  object: "Object positive:",
  background: "As in the EM-stellar paper: background positive (Jaccard: object)",
};

function table({ methods }: Evaluation, metrics: readonly Metric[], columns: number, title: string): string {
  const nameWidth = Math.max("method".length, ...methods.map(({ name }) => name.length));
  const head = ({ id, goal }: Metric) => `${id.split(":")[0]}${goal === "minimize" ? " ↓" : ""}`;
  let [width, fitting] = [4 + nameWidth, 0];
  for (const metric of metrics) {
    width += 2 + Math.max(head(metric).length, 7);
    if (width > columns && fitting > 0) break;
    fitting++;
  }
  const shown = metrics.slice(0, fitting);
  const rows = methods.map(({ name, pooled }, i) => [
    String(i + 1),
    name,
    ...shown.map(({ id }) => digits(pooled[id])),
  ]);
  const rest = metrics.length - shown.length;
  const more =
    rest > 0 ? [`… and ${rest} more ${rest === 1 ? "measure" : "measures"} in results.csv and the report.`] : [];
  return [title, textTable(["", "method", ...shown.map(head)], rows), ...more].join("\n");
}

/** Five digits, as the paper's tables have at most. */
function digits(value: number | null | undefined): string {
  if (value === null || value === undefined) return "n/a";
  return Math.abs(value) < 10 ? value.toFixed(5) : value.toPrecision(5);
}
