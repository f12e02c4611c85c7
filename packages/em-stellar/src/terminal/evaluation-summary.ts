import type { Evaluation } from "@em-stellar/core";
import { fittingColumns, textTable } from "./text-table.js";

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
  object: "Positive class: object",
  background: "Positive class: background, as in the EM-stellar paper (for Jaccard: object)",
};

function table({ methods }: Evaluation, metrics: readonly Metric[], columns: number, title: string): string {
  const head = ({ id, goal }: Metric) => `${id.split(":")[0]}${goal === "minimize" ? " ↓" : ""}`;
  const header = ["", "method", ...metrics.map(head)];
  const rows = methods.map(({ name, pooled }, i) => [
    String(i + 1),
    name,
    ...metrics.map(({ id }) => digits(pooled[id])),
  ]);
  const shown = fittingColumns(header, rows, columns, [...header.keys()], 3);
  const pick = (cells: readonly string[]) => shown.map((column) => cells[column] as string); // places in the header
  return [title, textTable(pick(header), rows.map(pick)), ...furtherMetrics(header.length - shown.length)].join("\n");
}

/** Where the metrics are that a table has no room for. */
export function furtherMetrics(count: number): string[] {
  return count > 0 ? [`… and ${count} more ${count === 1 ? "metric" : "metrics"} in results.csv and the report.`] : [];
}

/** Five digits, as the paper's tables have at most. */
function digits(value: number | null | undefined): string {
  if (value === null || value === undefined) return "n/a";
  return Math.abs(value) < 10 ? value.toFixed(5) : value.toPrecision(5);
}
