import { isBaseline, type MetricRecord, methodScore, type RankedMethod, type Scoreboard } from "@em-stellar/core";
import { interpolateViridis } from "d3-scale-chromatic";
import { baselineNames } from "./baselines.js";
import { formatScore } from "./format.js";
import { type Html, html } from "./html.js";
import { metricLabel } from "./metrics.js";
import { type Section, scroll } from "./section.js";
import { wordingOf } from "./wording.js";

/** One cell: the mean score, and where it lies between the dark end of its metric's colours (0) and the best score (1). */
interface HeatCell {
  readonly method: string;
  readonly metric: string;
  readonly value: number | undefined;
  /** Undefined with the value. */
  readonly normalized: number | undefined;
}

/** The colours of a metric span at least this share of its range, so that small differences look small. */
const smallestSpan = 0.1;

/**
 * Places each score by how far it is from the best of its metric, whichever way that goes: 1 is the best of all methods,
 * floors too; 0 is the worst network or ensemble, or a tenth of the metric's range from the best where all are nearer. What
 * is worse than the worst network is 0 as well, so that one constant prediction does not flatten the rest.
 */
export function heatCells(board: Scoreboard, ranked: readonly RankedMethod[]): HeatCell[] {
  return board.metrics.flatMap((metric) => {
    const scores = ranked.map(({ method }) => ({ method, value: methodScore(method, metric.id)?.mean }));
    const learned = scores.flatMap(({ method, value }) => (isBaseline(method) ? [] : (value ?? [])));
    const all = scores.flatMap(({ value }) => value ?? []);
    const sign = metric.goal === "maximize" ? 1 : -1;
    const best = Math.max(...all.map((value) => sign * value));
    const worst = Math.min(...(learned.length > 1 ? learned : all).map((value) => sign * value));
    const span = Math.max(best - worst, leastSpan(metric, best, worst));
    return scores.map(({ method, value }) => {
      const distance = value === undefined ? undefined : best - sign * value;
      const normalized = distance === undefined ? undefined : distance === 0 ? 1 : Math.max(0, 1 - distance / span);
      return { method: method.name, metric: metric.id, value, normalized };
    });
  });
}

/** How much colours span at least. Of a metric without an end, the range is taken from the scores. */
export function leastSpan({ range: [low, high] }: MetricRecord, ...scores: readonly number[]): number {
  const range = low !== null && high !== null ? high - low : Math.max(...scores.map(Math.abs));
  return smallestSpan * range;
}

/** The colour of a normalised value (viridis, even steps to the eye) and the ink, black or white, that reads better on it. */
export function heatColours(normalized: number): { fill: string; ink: string } {
  const [red = 0, green = 0, blue = 0] = channelsOf(interpolateViridis(normalized));
  const fill = `#${[red, green, blue].map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
  const light = luminance(red, green, blue);
  return { fill, ink: 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? "#ffffff" : "#000000" };
}

/** Red, green and blue of `#rrggbb`, from 0 to 255. */
function channelsOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** Relative luminance of an sRGB colour (WCAG 2). */
function luminance(red: number, green: number, blue: number): number {
  const linear = (channel: number) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** From this many metrics on, they are rows: a page has more room below than beside. */
const mostColumns = 12;

/** Methods × metrics, coloured by the normalised score, every value printed; metrics × methods where there are many metrics. */
export function heatmapSection(board: Scoreboard, ranked: readonly RankedMethod[]): Section {
  const metrics = board.metrics.map((metric) => `${metricLabel(metric)}${metric.goal === "minimize" ? " ↓" : ""}`);
  const methods = ranked.map(({ method }) => method.name);
  const turned = metrics.length > mostColumns && metrics.length > methods.length;
  const [rows, columns] = turned ? [metrics, methods] : [methods, metrics];
  const cells = heatCells(board, ranked);
  const firstBaseline = ranked.findIndex(({ method }) => isBaseline(method));
  const isBaselinesEdge = (place: number) => firstBaseline > 0 && place === firstBaseline;
  const body = rows.map((row, i) => {
    const markups = columns.map((_, j) => {
      const [method, metric] = turned ? [j, i] : [i, j];
      const edge = turned && isBaselinesEdge(j);
      return cellMarkup(cells[metric * ranked.length + method] as HeatCell, edge); // one of each method by each metric
    });
    return html`<tr${!turned && isBaselinesEdge(i) && html` class="edge"`}><th scope="row">${row}</th>${markups}</tr>`;
  });
  const heads = columns.map(
    (column, j) => html`<th scope="col"${turned && isBaselinesEdge(j) && html` class="edge"`}>${column}</th>`,
  );
  const [line, lines] = turned ? ["row", "rows"] : ["column", "columns"];
  return {
    id: "heatmap",
    title: "Heatmap",
    style,
    body: html`<figure>${scroll(
      "Heatmap",
      html`<table class="heat"><thead><tr><th scope="col">${turned ? "Metric" : "Method"}</th>${heads}</tr></thead><tbody>${body}</tbody></table>`,
    )}
<p class="scale"><span>worse</span><span class="ramp"></span><span>best of its ${line}</span></p>
<figcaption>The ${wordingOf(board).hasRuns ? "mean score" : "score"} of every method by every metric. Read a ${line} to see which method is best at what. Do not compare colours between ${lines}: each has its own scale.${
      firstBaseline >= 0 &&
      ` Methods ${turned ? "right of" : "below"} the line are ${baselineNames(ranked.map(({ method }) => method))}.`
    }</figcaption></figure>
<details><summary>How colours are chosen</summary><p class="caption">The brightest colour is the best score of its ${line}${firstBaseline >= 0 && ", even of a method without a network"}. The darkest is the worst of ${wordingOf(board).contenders}${firstBaseline >= 0 && ", and any method without a network that is even worse"}. If all are close to the best, the darkest colour is not used: the colours span at least a tenth of the metric’s range, such as 0.1 for a score between 0 and 1, so that small differences look small.${board.metrics.some((metric) => metric.goal === "minimize") && " Where lower is better (↓), the lowest value is the best."}</p></details>`,
  };
}

function cellMarkup({ value, normalized }: HeatCell, edge: boolean): Html {
  const classes = edge && html` class="edge"`;
  if (value === undefined || normalized === undefined)
    return html`<td${classes}><span class="none">not defined</span></td>`;
  const { fill, ink } = heatColours(normalized);
  return html`<td${classes} style="background:${fill};color:${ink}">${formatScore(value)}</td>`;
}

const style = `
.heat { width: auto; border-collapse: separate; border-spacing: 2px; font-size: .85rem; }
.heat thead th { border: 0; text-align: center; padding: .2rem .5rem; font-size: .8rem; }
.heat thead th:first-child, .heat th[scope=row] { text-align: left; padding: .2rem .5rem .2rem 0; }
.heat th[scope=row] { border: 0; min-width: 6rem; max-width: 15rem; overflow-wrap: anywhere; position: sticky; left: 0; background: var(--paper); }
.heat td { border: 0; border-radius: 3px; text-align: center; padding: .32rem .5rem; min-width: 5rem; vertical-align: middle; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.heat .edge > * { position: relative; }
.heat tr.edge > *::before, .heat td.edge::before, .heat th.edge::before { content: ""; position: absolute; background: var(--ink); }
.heat tr.edge > *::before { inset: -5px -2px auto 0; height: 1px; }
.heat tr.edge > * { border-top: 7px solid var(--paper); }
.heat td.edge::before, .heat th.edge::before { inset: 0 auto -2px -5px; width: 1px; }
.heat td.edge, .heat th.edge { border-left: 7px solid var(--paper); }
@media (max-width: 640px) {
  .heat th[scope=row] { max-width: 7rem; }
  .heat td { min-width: 3.4rem; padding-inline: .2rem; }
  .heat thead th { font-size: .72rem; padding-inline: .1rem; }
}
@media print {
  .heat td { min-width: 0; padding-inline: .3rem; }
}
`;
