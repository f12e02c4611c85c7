import { isFloor, type MetricRecord, methodScore, type RankedMethod, type Scoreboard } from "@em-stellar/core";
import { scheme } from "vega";
import { formatScore } from "./format.js";
import { type Html, html } from "./html.js";
import { metricLabel } from "./metrics.js";
import { type Section, scroll } from "./section.js";
import { wordingOf } from "./wording.js";

/** One cell: the mean score, and where it lies between the worst (0) and the best (1) of its metric. */
interface HeatCell {
  readonly method: string;
  readonly metric: string;
  readonly value: number | undefined;
  /** Undefined with the value; 0.5 where all methods are equal. */
  readonly normalized: number | undefined;
}

/**
 * Min-max normalises each metric over networks and ensembles, as the paper's figure 2; 1 is the best whichever way the
 * metric goes. Floors take the nearer end where they lie outside, so that one constant prediction does not flatten the rest.
 */
export function heatCells(board: Scoreboard, ranked: readonly RankedMethod[]): HeatCell[] {
  const contenders = ranked.filter(({ method, score }) => score && !isFloor(method));
  const spanned = contenders.length > 1 ? contenders : ranked;
  return board.metrics.flatMap((metric) => {
    const values = ranked.map(({ method }) => methodScore(method, metric.id)?.mean);
    const defined = spanned.flatMap(({ method }) => methodScore(method, metric.id)?.mean ?? []);
    const [low, high] = [Math.min(...defined), Math.max(...defined)];
    return ranked.map(({ method }, i) => {
      const value = values[i];
      return { method: method.name, metric: metric.id, value, normalized: normalize(metric, value, low, high) };
    });
  });
}

function normalize({ goal }: MetricRecord, value: number | undefined, low: number, high: number): number | undefined {
  if (value === undefined) return undefined;
  if (high === low) return 0.5;
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return goal === "maximize" ? share : 1 - share;
}

/** The colour of a normalised value (viridis, even steps to the eye) and the ink, black or white, that reads better on it. */
export function heatColours(normalized: number): { fill: string; ink: string } {
  const [red = 0, green = 0, blue = 0] = channelsOf(viridis(normalized));
  const fill = `#${[red, green, blue].map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
  const light = luminance(red, green, blue);
  return { fill, ink: 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? "#ffffff" : "#000000" };
}

/** Vega's scheme functions take a place in [0, 1] and give `rgb(…)` or `#rrggbb`; its types know schemes as lists only. */
const viridis = (at: number): string => (scheme("viridis") as unknown as (at: number) => string)(at);

function channelsOf(colour: string): number[] {
  const hex = /^#(..)(..)(..)$/.exec(colour);
  if (hex) return hex.slice(1).map((channel) => Number.parseInt(channel, 16));
  return (colour.match(/\d+/g) ?? []).slice(0, 3).map(Number);
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
  const firstFloor = ranked.findIndex(({ method }) => isFloor(method));
  const isFloorsEdge = (place: number) => firstFloor > 0 && place === firstFloor;
  const body = rows.map((row, i) => {
    const markups = columns.map((_, j) => {
      const [method, metric] = turned ? [j, i] : [i, j];
      const edge = turned && isFloorsEdge(j);
      return cellMarkup(cells[metric * ranked.length + method] as HeatCell, edge); // one of each method by each metric
    });
    return html`<tr${!turned && isFloorsEdge(i) && html` class="edge"`}><th scope="row">${row}</th>${markups}</tr>`;
  });
  const heads = columns.map(
    (column, j) => html`<th scope="col"${turned && isFloorsEdge(j) && html` class="edge"`}>${column}</th>`,
  );
  const [line, lines] = turned ? ["row", "rows"] : ["column", "columns"];
  return {
    id: "heatmap",
    title: "Heatmap",
    heading: "Every metric at a glance",
    style,
    body: html`<figure>${scroll(
      "Heatmap",
      html`<table class="heat"><thead><tr><th scope="col">${turned ? "Metric" : "Method"}</th>${heads}</tr></thead><tbody>${body}</tbody></table>`,
    )}
<p class="scale"><span>worst of its ${line}</span><span class="ramp"></span><span>best of its ${line}</span></p>
<figcaption>The ${wordingOf(board).hasRuns ? "mean score" : "score"} of every method by every metric. Read a ${line} to see who is best at what, and do not compare colours between ${lines}: the full range of colours may span a thousandth.${
      firstFloor >= 0 && ` Methods ${turned ? "right of" : "below"} the line are floors.`
    }</figcaption></figure>
<details><summary>How colours are chosen</summary><p class="caption">Colours are min-max normalised for each metric on its own, over ${wordingOf(board).contenders} (as in the paper’s figure 2). ${board.metrics.some((metric) => metric.goal === "minimize") && "Where lower is better (↓), the lowest value has the colour of the best. "}${
      firstFloor >= 0 &&
      "Where a floor lies outside the range of networks and ensembles, it has the colour of the nearer end."
    }</p></details>`,
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
