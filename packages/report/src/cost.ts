import {
  finishedRuns,
  type Goal,
  goalOf,
  isBetter,
  type MethodResult,
  type RankedMethod,
  type Results,
  summarise,
} from "@em-stellar/core";
import { type Ball, drawBalls, isEnlarged } from "./ball-chart.js";
import { formatDuration, formatParameters, formatScore, plural } from "./format.js";
import { type Html, html, listed } from "./html.js";
import { rankingLabel } from "./metrics.js";
import { type Section, scroll } from "./section.js";

/** A network's score against what it took. */
interface CostPoint {
  readonly name: string;
  readonly rank: number;
  /** Mean training time of one run. */
  readonly seconds: number;
  readonly score: number;
  readonly parameters: number | undefined;
  /** Undefined in results of versions that did not count operations. */
  readonly complexity: MethodResult["complexity"];
}

/** Networks with a score, and what they cost. */
export function costPoints(ranked: readonly RankedMethod<MethodResult>[]): CostPoint[] {
  return ranked.flatMap(({ method, rank, score }) => {
    const seconds = summarise(finishedRuns(method).map((run) => run.seconds))?.mean;
    if (method.kind !== "network" || rank === undefined || !score || !seconds) return [];
    const { name, parameters, complexity } = method;
    return [{ name, rank, seconds, score: score.mean, parameters: parameters?.trainable, complexity }];
  });
}

/** Those that no other network betters in score at less cost, from the cheapest on. */
export function paretoFront<Point extends { readonly score: number }>(
  points: readonly Point[],
  goal: Goal,
  cost: (point: Point) => number,
): Point[] {
  const better = (a: Point, b: Point) => isBetter(goal, a.score, b.score);
  const front: Point[] = [];
  for (const point of points.toSorted((a, b) => cost(a) - cost(b) || (better(a, b) ? -1 : 1))) {
    const best = front.at(-1);
    if (!best || better(point, best)) front.push(point);
  }
  return front;
}

/** Operations × score and training time × score, with area = parameters. */
export async function costSection(
  results: Results,
  ranked: readonly RankedMethod<MethodResult>[],
): Promise<Section | undefined> {
  const points = costPoints(ranked);
  if (points.length < 2) return undefined;
  const label = rankingLabel(results);
  const operations = await operationsFigure(results, points);
  const time = await timeFigure(results, points);
  const patch = points.find(({ complexity }) => complexity)?.complexity;
  const rows = points.map(
    ({ name, rank, complexity, parameters, seconds, score }) =>
      html`<tr><td>${rank}</td><th scope="row">${name}</th>${
        patch && html`<td>${complexity ? formatFlops(complexity) : notRecorded}</td>`
      }<td>${parameters === undefined ? notRecorded : formatParameters(parameters)}</td><td>${formatDuration(seconds)}</td><td>${formatScore(score)}</td></tr>`,
  );
  const table = scroll(
    "Cost of each network",
    html`<table class="plain"><thead><tr><th scope="col">#</th><th scope="col">Network</th>${
      patch && html`<th scope="col">FLOPs</th>`
    }<th scope="col">Parameters</th><th scope="col">One training</th><th scope="col">${label}</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
  const body = operations
    ? html`<div class="pair">${operations}${time}</div>${table}`
    : html`<div class="beside">${time}${table}</div>`;
  return { id: "cost", title: "Cost", style, body };
}

const style = `
.plain th:first-child, .plain td:first-child { width: 1%; text-align: left; }
.plain thead th:nth-child(2) { text-align: left; }
@media (max-width: 640px) {
  .plain th, .plain td { padding-inline: .2rem; }
  .plain th[scope=row] { min-width: 4.2rem; }
  .plain thead th { font-size: .75rem; }
}
`;

const notRecorded = html`<span class="none">not recorded</span>`;

/** The paper's figure 4. */
async function operationsFigure(results: Results, all: readonly CostPoint[]): Promise<Html | undefined> {
  const points = all.flatMap((point) => (point.complexity ? [{ ...point, complexity: point.complexity }] : []));
  const [first] = points;
  if (!first || points.length < 2) return undefined;
  const { height, width } = first.complexity;
  const flopsOf = ({ complexity }: (typeof points)[number]) => complexity.flops.allOp;
  const unit = Math.max(...points.map(flopsOf)) < 1e9 ? { name: "MFLOPs", size: 1e6 } : { name: "GFLOPs", size: 1e9 };
  const front = paretoFront(points, goalOf(results, results.rankedBy), flopsOf);
  const { chart, areas, label } = await drawPoints(results, points, front, {
    cost: (point) => flopsOf(point) / unit.size,
    costTitle: `Operations for one patch (${unit.name})`,
    description: "operations for one patch",
  });
  const missing = all.filter(({ complexity }) => !complexity);
  const bounded = points.filter(({ complexity }) => complexity.unknownLayers.length > 0);
  return html`<figure>${chart}<figcaption>The cost of a prediction: mean ${label} on the test images against the floating-point operations for one patch of ${height} × ${width} (the axes of the paper’s figure 4; all arithmetic of the network is counted). ${areas} ${frontSentence(front, "cheapest", "fewer operations")} The number of operations does not depend on the device, but their speed does.${
    bounded.length > 0 &&
    html` Of ${listed(bounded.map(({ name }) => name))} only a lower bound is known (≥), because some layers do not say what they compute. The true position may be further right.`
  }${missing.length > 0 && html` Not counted: ${listed(missing.map(({ name }) => name))}.`}</figcaption></figure>`;
}

async function timeFigure(results: Results, points: readonly CostPoint[]): Promise<Html> {
  const slowest = Math.max(...points.map(({ seconds }) => seconds));
  const unit =
    slowest < 180
      ? { name: "seconds", seconds: 1 }
      : slowest < 7200
        ? { name: "minutes", seconds: 60 }
        : { name: "hours", seconds: 3600 };
  const front = paretoFront(points, goalOf(results, results.rankedBy), ({ seconds }) => seconds);
  const { chart, areas, label } = await drawPoints(results, points, front, {
    cost: ({ seconds }) => seconds / unit.seconds,
    costTitle: `Time of one training (${unit.name})`,
    description: "training time",
  });
  return html`<figure>${chart}<figcaption>The cost of a training: mean ${label} on the test images against the mean time of one training. ${areas} ${frontSentence(front, "quickest", "less time")} Time depends on the device and on its other work (${plural(points.length, "network")}, all on the device named below). Differences in score within the ranges of the ranking table are not worth extra time.</figcaption></figure>`;
}

interface Axis<Point> {
  readonly cost: (point: Point) => number;
  readonly costTitle: string;
  /** What stands on the axis, within a sentence. */
  readonly description: string;
}

async function drawPoints<Point extends CostPoint>(
  results: Results,
  points: readonly Point[],
  front: readonly Point[],
  { cost, costTitle, description }: Axis<Point>,
) {
  const label = rankingLabel(results);
  const balls = points.map((point): Ball => {
    const { rank, score, parameters: weight } = point;
    return { rank, score, weight, cost: cost(point), onFront: front.includes(point) };
  });
  const chart = await drawBalls(balls, {
    costTitle,
    scoreTitle: label,
    description: `${label} against ${description} for ${points.length} networks; the numbers are those of the ranking.`,
  });
  const sized = points.every(({ parameters }) => parameters !== undefined);
  const enlarged = isEnlarged(balls) ? " (the smallest enlarged to be seen)" : "";
  return {
    label,
    chart: html`<div class="chart">${chart}</div>`,
    areas: `Numbers are those of the ranking${sized ? `; areas are proportional to the number of trainable parameters${enlarged}` : ""}.`,
  };
}

function frontSentence(front: readonly CostPoint[], first: string, less: string): Html {
  const names = listed(
    front.map(({ name }) => html`<b>${name}</b>`),
    front.length,
  );
  return front.length === 1
    ? html`${names}, filled, is both the best and the ${first}.`
    : html`The dashed line joins the filled ones, which no other betters with ${less}: ${names}.`;
}

/** `142.4 G`, `≥ 3.1 M`. */
function formatFlops({ flops: { allOp }, unknownLayers }: NonNullable<MethodResult["complexity"]>): string {
  const [size, unit] = allOp < 1e9 ? [1e6, "M"] : [1e9, "G"];
  return `${unknownLayers.length > 0 ? "≥ " : ""}${(allOp / size).toFixed(1)} ${unit}`;
}
