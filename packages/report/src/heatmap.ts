import { isFloor, type MetricRecord, methodScore, type RankedMethod, type Scoreboard } from "@em-stellar/core";
import { scheme } from "vega";
import { colours, drawChart, textWidth } from "./chart.js";
import { formatScore, shorten } from "./format.js";
import { escapeHtml, html } from "./html.js";
import { labelOf } from "./label-expression.js";
import { metricLabel } from "./metrics.js";
import type { Section } from "./section.js";
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
export async function heatmapSection(board: Scoreboard, ranked: readonly RankedMethod[]): Promise<Section> {
  const metrics = board.metrics.map(
    (metric) => `${shorten(metricLabel(metric), 18)}${metric.goal === "minimize" ? " ↓" : ""}`,
  );
  const methods = ranked.map(({ method }) => shorten(method.name));
  const turned = metrics.length > mostColumns && metrics.length > methods.length;
  const [rows, columns] = turned ? [metrics, methods] : [methods, metrics];
  const cells = heatCells(board, ranked).map(({ value, normalized }, i) => {
    const [method, metric] = [i % ranked.length, Math.floor(i / ranked.length)];
    return {
      row: turned ? metric : method,
      column: turned ? method : metric,
      text: value === undefined ? "not defined" : formatScore(value),
      ...(normalized === undefined ? { fill: "transparent", ink: colours.muted } : heatColours(normalized)),
    };
  });
  const left = Math.max(...rows.map(textWidth)) + 14;
  const cellWidth = Math.max(
    Math.min(108, (1030 - left) / columns.length),
    78,
    ...columns.map((column) => textWidth(column) + 12),
  );
  const [width, height] = [cellWidth * columns.length, 30 * rows.length];
  const firstFloor = ranked.findIndex(({ method }) => isFloor(method));
  const x = { field: "column", type: "ordinal" as const };
  const y = { field: "row", type: "ordinal" as const };
  const atFloor = { datum: firstFloor, type: "ordinal" as const, bandPosition: 0 };
  const chart = await drawChart(
    {
      width,
      height,
      data: { values: cells },
      encoding: {
        x: {
          ...x,
          scale: { padding: 0 },
          axis: axisOf(columns, "top"),
        },
        y: { ...y, scale: { padding: 0 }, axis: axisOf(rows, "left") },
      },
      layer: [
        {
          mark: { type: "rect", stroke: colours.paper, strokeWidth: 2, cornerRadius: 3 },
          encoding: { fill: { field: "fill", type: "nominal", scale: null } },
        },
        {
          mark: { type: "text", fontSize: 12 },
          encoding: { text: { field: "text" }, color: { field: "ink", type: "nominal", scale: null } },
        },
        ...(firstFloor > 0
          ? [
              { stroke: colours.paper, strokeWidth: 8 },
              { stroke: colours.ink, strokeWidth: 1 },
            ].map((line) => ({
              data: { values: [{}] },
              mark: { type: "rule" as const, ...line },
              encoding: turned
                ? { y: { value: 0 }, y2: { value: height }, x: atFloor }
                : { x: { value: 0 }, x2: { value: width }, y: atFloor },
            }))
          : []),
      ],
    },
    { left, right: 4, top: 26, bottom: 4 },
    escapeHtml(
      `Heatmap of ${methods.length} methods by ${metrics.length} metrics; the values are those of the ranking table.`,
    ),
  );
  const [line, lines] = turned ? ["row", "rows"] : ["column", "columns"];
  return {
    id: "heatmap",
    title: "Heatmap",
    heading: "Every metric at a glance",
    body: html`<figure><div class="scroll" tabindex="0" role="region" aria-label="Heatmap">${chart}</div>
<p class="scale"><span>worst of its ${line}</span><span class="ramp"></span><span>best of its ${line}</span></p>
<figcaption>The ${wordingOf(board).hasRuns ? "mean score" : "score"} of every method by every metric. Colours are min-max normalised for each metric on its own, over ${wordingOf(board).contenders} (as in the paper’s figure 2): read a ${line} to see who is best at what, and do not compare colours between ${lines}, since a ${line}’s full range of colours may span a thousandth. ${board.metrics.some((metric) => metric.goal === "minimize") && "Where lower is better (↓), the lowest value has the colour of the best. "}${
      firstFloor >= 0 &&
      `Methods ${turned ? "right of" : "below"} the line are floors; where one lies outside the range of networks and ensembles, it has the colour of the nearer end.`
    }</figcaption></figure>`,
  };
}

/** Labels for row or column numbers: two methods whose names are cut to the same text stay two. */
function axisOf(labels: readonly string[], orient: "top" | "left") {
  return {
    orient,
    title: null,
    domain: false,
    ticks: false,
    labelAngle: 0,
    labelPadding: 6,
    labelFontSize: 12,
    labelColor: colours.ink,
    labelExpr: labelOf(labels),
  };
}
