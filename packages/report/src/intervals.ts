import type { MethodStatistics, Results } from "@em-stellar/core";
import { formatRange } from "./format.js";
import { type Html, html } from "./html.js";

/** `95 %` for 0.95. */
export function formatLevel(level: number): string {
  return `${Number((level * 100).toPrecision(4))}\u00a0%`;
}

/** What the results say about how sure one score is. */
export function statisticsOf(
  { statistics }: Pick<Results, "statistics">,
  metric: string,
  method: string,
): MethodStatistics | undefined {
  return statistics?.metrics[metric]?.methods.find((entry) => entry.method === method);
}

/** `95 % interval 0.890–0.931`, or undefined where there is none. */
export function intervalText(results: Pick<Results, "statistics">, metric: string, method: string): string | undefined {
  const { interval } = statisticsOf(results, metric, method) ?? {};
  if (!results.statistics || !interval) return undefined;
  const of = results.statistics.metrics[metric]?.resampled === "mean over units" ? " of the mean over images" : "";
  return `${formatLevel(results.statistics.level)} interval${of} ${formatRange(interval.low, interval.high)}`;
}

/** A sentence of plain text with the names of methods in bold, where they stand as words of their own. */
export function withNames(sentence: string, names: readonly string[]): Html {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const words = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return html`${sentence}`;
  const pattern = new RegExp(`(?<![\\w.-])(${words.join("|")})(?![\\w-])`);
  // Splitting by a pattern with one group puts the names at odd places.
  return html`${sentence.split(pattern).map((part, i) => (i % 2 === 1 ? html`<b>${part}</b>` : part))}`;
}
