import { finishedRuns, type MethodResult, type Results, summarise } from "@em-stellar/core";
import { drawChart, scaleOver } from "./chart.js";
import { plural } from "./format.js";
import { escapeHtml, type Html, html } from "./html.js";
import { distinctLines, look, sample } from "./lines.js";
import { metricLabel } from "./metrics.js";
import { thin } from "./thin.js";

/** One point of a network's curve. */
export interface MeanPoint {
  readonly step: number;
  readonly value: number;
}

/** The validation value of a network at each step, in the mean over its trainings that were validated there. */
export function meanCurve(network: MethodResult, metric: string): MeanPoint[] {
  const at = new Map<number, (number | null | undefined)[]>();
  for (const { history } of finishedRuns(network)) {
    for (const { step, validation } of history) at.set(step, [...(at.get(step) ?? []), validation[metric]]);
  }
  return [...at]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([step, values]) => {
      const mean = summarise(values)?.mean;
      return mean === undefined ? [] : [{ step, value: mean }];
    });
}

/**
 * The paper's supplementary figures 12 to 15: by each metric, the curves of all networks in one chart. The ranking metric is
 * left out: learning curves show it training by training. Undefined with one network alone.
 */
export async function validationCurves(results: Results, networks: readonly MethodResult[]): Promise<Html | undefined> {
  const metrics = results.metrics.filter(({ id }) => id !== results.rankedBy);
  const drawn = await Promise.all(
    metrics.map(async (metric) => {
      const curves = networks.map((network) => thin(meanCurve(network, metric.id), 60));
      const chart = curves.some((curve) => curve.length > 1)
        ? await drawCurves(curves, metricLabel(metric))
        : undefined;
      return { label: metricLabel(metric), chart };
    }),
  );
  const charts = drawn.filter(({ chart }) => chart !== undefined);
  if (networks.length < 2 || charts.length === 0) return undefined;
  const further = networks.length - distinctLines;
  return html`<details><summary>Validation curves of all networks by ${plural(charts.length, "other score")}</summary><figure><p class="legend">${networks
    .slice(0, distinctLines)
    .map(({ name }, i) => html`<span>${sample(i)} ${name}</span>`)}${
    further > 0 && html`<span>${sample(distinctLines)} ${plural(further, "further network")}</span>`
  }</p><div class="charts">${charts.map(
    ({ label, chart }) => html`<div class="chart"><h3>${label}</h3>${chart}</div>`,
  )}</div>
<figcaption>Scores on validation images over training steps, in the mean over the trainings of a network (as the paper’s supplementary figures 12 to 15). The networks are in the order of the ranking on test images: where the lines end in another order, that score on validation images is a poor guide.</figcaption></figure></details>`;
}

function drawCurves(curves: readonly (readonly MeanPoint[])[], label: string): Promise<Html> {
  const points = curves.flat();
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const lastStep = Math.max(...points.map(({ step }) => step));
  return drawChart(
    {
      width: 300,
      height: 150,
      data: { values: [] },
      encoding: {
        x: {
          field: "step",
          type: "quantitative",
          scale: { domain: [0, lastStep], nice: false },
          axis: { tickCount: 4, grid: false, title: "steps", titleAnchor: "end", titlePadding: 2, format: "~s" },
        },
        y: {
          field: "value",
          type: "quantitative",
          scale: { ...scaleOver(low === high ? [low - 0.5, high + 0.5] : [low, high], false), nice: true },
          axis: { tickCount: 4, domain: false, ticks: false, title: null, format: "~g" },
        },
      },
      // The best are drawn last, on top of the others.
      layer: curves
        .map((curve, i) => ({
          data: { values: [...curve] },
          mark: { type: "line" as const, strokeJoin: "round" as const, ...look(i) },
        }))
        .reverse(),
    },
    { left: 44, right: 10, top: 8, bottom: 36 },
    escapeHtml(`${label} of ${plural(curves.length, "network")} on validation images over training steps.`),
  );
}
