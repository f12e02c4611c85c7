import type { Results } from "@em-stellar/core";
import { colours, drawChart } from "./chart.js";
import { formatDuration, formatParameters, formatScore, plural } from "./format.js";
import { escapeHtml, type Html, html, listed } from "./html.js";
import { compareScores, metricLabel, metricOf } from "./metrics.js";
import { finishedRuns, type RankedMethod, summarise } from "./scores.js";

/** A network's score against what its training took. */
interface CostPoint {
  readonly name: string;
  readonly rank: number;
  /** Mean training time of one run. */
  readonly seconds: number;
  readonly score: number;
  readonly parameters: number | undefined;
}

/** Networks with a score, and what one training of each cost. */
export function costPoints(ranked: readonly RankedMethod[]): CostPoint[] {
  return ranked.flatMap(({ method, rank, score }) => {
    const seconds = summarise(finishedRuns(method).map((run) => run.seconds))?.mean;
    if (method.kind !== "network" || rank === undefined || !score || !seconds) return [];
    return [{ name: method.name, rank, seconds, score: score.mean, parameters: method.parameters?.trainable }];
  });
}

/** Those that no other network betters in score without more time, from the quickest on. */
export function paretoFront(points: readonly CostPoint[], goal: "maximize" | "minimize"): CostPoint[] {
  const better = (a: CostPoint, b: CostPoint) => compareScores({ goal }, a.score, b.score) > 0;
  const front: CostPoint[] = [];
  for (const point of points.toSorted((a, b) => a.seconds - b.seconds || (better(a, b) ? -1 : 1))) {
    const best = front.at(-1);
    if (!best || better(point, best)) front.push(point);
  }
  return front;
}

/** Training time × score with area = parameters. */
export async function costSection(results: Results, ranked: readonly RankedMethod[]): Promise<Html | undefined> {
  const points = costPoints(ranked);
  if (points.length < 2) return undefined;
  const metric = metricOf(results, results.rankedBy);
  const label = metricLabel(metric.id);
  const front = paretoFront(points, metric.goal);
  const sized = points.every(({ parameters }) => parameters !== undefined);
  const largest = Math.max(...points.map(({ parameters }) => parameters ?? 1));
  const slowest = Math.max(...points.map(({ seconds }) => seconds));
  const unit =
    slowest < 180
      ? { name: "seconds", seconds: 1 }
      : slowest < 7200
        ? { name: "minutes", seconds: 60 }
        : { name: "hours", seconds: 3600 };
  const values = points.map((point) => ({
    ...point,
    time: point.seconds / unit.seconds,
    area: sized ? 170 + 1600 * ((point.parameters ?? 1) / largest) : 300,
    onFront: front.includes(point),
  }));
  values.sort((a, b) => b.area - a.area); // small ones on top
  const chart = await drawChart(
    {
      width: 430,
      height: 260,
      data: { values },
      encoding: {
        x: {
          field: "time",
          type: "quantitative",
          scale: { zero: true, nice: true, padding: 24 },
          axis: { title: `Training time of one run (${unit.name})`, tickCount: 6, titlePadding: 8, grid: false },
        },
        y: {
          field: "score",
          type: "quantitative",
          scale: { zero: false, nice: true, padding: 26 },
          axis: {
            title: label,
            tickCount: 5,
            domain: false,
            ticks: false,
            titleAngle: 0,
            titleAnchor: "start",
            titleAlign: "left",
            titleX: -44,
            titleY: -14,
          },
        },
      },
      layer: [
        {
          transform: [{ filter: "datum.onFront" }],
          mark: { type: "line", interpolate: "step-after", stroke: colours.muted, strokeDash: [4, 3], strokeWidth: 1 },
          encoding: { order: { field: "time", type: "quantitative" } },
        },
        {
          mark: { type: "point", filled: true, opacity: 1, strokeWidth: 1.4 },
          encoding: {
            size: { field: "area", type: "quantitative", scale: null },
            fill: { condition: { test: "datum.onFront", value: colours.accent }, value: colours.paper },
            stroke: { condition: { test: "datum.onFront", value: colours.paper }, value: colours.muted },
          },
        },
        {
          mark: { type: "text", fontSize: 11, fontWeight: "bold" },
          encoding: {
            text: { field: "rank" },
            color: { condition: { test: "datum.onFront", value: colours.paper }, value: colours.ink },
          },
        },
      ],
    },
    { left: 54, right: 12, top: 26, bottom: 44 },
    escapeHtml(`${label} against training time for ${points.length} networks; the numbers are their ranks.`),
  );
  return html`<section id="cost" data-nav="Cost"><h2>Cost</h2>
<figure class="beside"><div class="scroll" tabindex="0" role="region" aria-label="Cost against score">${chart}</div>
<div class="scroll"><table class="plain"><thead><tr><th scope="col">Rank</th><th scope="col">Network</th><th scope="col">One run</th><th scope="col">Parameters</th><th scope="col">${label}</th></tr></thead><tbody>${points.map(
    (point) =>
      html`<tr${front.includes(point) && html` class="front"`}><td>${point.rank}</td><th scope="row">${point.name}</th><td>${formatDuration(point.seconds)}</td><td>${point.parameters === undefined ? html`<span class="none">not recorded</span>` : formatParameters(point.parameters)}</td><td>${formatScore(point.score)}</td></tr>`,
  )}</tbody></table></div>
<figcaption>Mean ${label} on the test images against the mean training time of one run; numbers are ranks${sized && ", areas grow with the number of trainable parameters"}. ${frontSentence(front)} Time depends on the device and on what else it did (${plural(points.length, "network")}, all on the device named below); differences in score within the ranges of the ranking table are not worth time.</figcaption></figure></section>`;
}

function frontSentence(front: readonly CostPoint[]): Html {
  const names = front.map(({ name }) => html`<b>${name}</b>`);
  return front.length === 1
    ? html`${listed(names)} is both the best and the quickest.`
    : html`The dashed line joins the networks that none betters without taking longer: ${listed(names)}.`;
}
