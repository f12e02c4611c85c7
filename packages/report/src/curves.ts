import {
  bestOf,
  compareMethodScores,
  finishedRuns,
  goalOf,
  type HistoryPoint,
  isFloor,
  type MethodResult,
  type MethodScore,
  type RankedMethod,
  type Results,
  type RunResult,
  summarise,
} from "@em-stellar/core";
import { colours, drawChart } from "./chart.js";
import { formatDuration, formatScore, plural } from "./format.js";
import { escapeHtml, type Html, html } from "./html.js";
import { metricLabel, metricOf, rankingLabel } from "./metrics.js";
import type { Section } from "./section.js";
import { thin } from "./thin.js";

/** What one line of a chart is drawn from. */
interface CurvePoint {
  readonly run: number;
  readonly step: number;
  readonly value: number;
  readonly series: "training" | "validation";
  readonly chosen: boolean;
}

/** The floor that does best on validation images: the line that a learning curve must cross. */
export function bestValidatedFloor(results: Results, metric: string): { name: string; score: MethodScore } | undefined {
  const floors = results.methods
    .filter(isFloor)
    .map((method) => ({
      name: method.name,
      score: summarise(finishedRuns(method).map((run) => run.validation[metric])),
    }))
    .filter((floor): floor is { name: string; score: MethodScore } => floor.score !== undefined);
  return floors.sort((a, b) => compareMethodScores(goalOf(results, metric), a.score, b.score))[0];
}

/** When a run reached its best validation value by a criterion; undefined where the criterion was never defined. */
export function timeToBest(
  results: Results,
  run: RunResult,
  criterion: string,
): { seconds: number; step: number } | undefined {
  const best = bestOf(goalOf(results, criterion), run.history, ({ validation }) => validation[criterion]);
  return best && { seconds: best.seconds, step: best.step };
}

/** Small multiples, one for each network, and the time each took to its best. */
export async function learningSection(
  results: Results,
  ranked: readonly RankedMethod<MethodResult>[],
): Promise<Section | undefined> {
  const networks = ranked.map(({ method }) => method).filter(({ runs }) => runs.some((run) => run.history.length > 0));
  if (networks.length === 0) return undefined;
  const floor = bestValidatedFloor(results, results.rankedBy);
  const label = rankingLabel(results);
  const scores = networks.map((network) => scoreCurves(network, results.rankedBy));
  const losses = networks.map(lossCurves);
  const scoreRange = rangeOf(scores.flat(), floor ? [floor.score.mean] : []);
  const lossRange = rangeOf(losses.flat(), []);
  const logarithmic = lossRange[0] > 0 && lossRange[1] / lossRange[0] > 20;
  const lastStep = Math.max(1, ...[...scores, ...losses].flat().map(({ step }) => step));
  const panels = await Promise.all(
    networks.map(async (network, i) => {
      const score = await drawCurves(scores[i] ?? [], {
        title: label,
        range: scoreRange,
        logarithmic: false,
        lastStep,
        height: 130,
        floor: floor?.score.mean,
        steps: false,
        description: `${label} of ${network.name} on validation images over training steps.`,
      });
      const loss = await drawCurves(losses[i] ?? [], {
        title: "Loss",
        range: lossRange,
        logarithmic,
        lastStep,
        height: 90,
        floor: undefined,
        steps: true,
        description: `Loss of ${network.name} over training steps.`,
      });
      return html`<div class="panel"><h3>${network.name}</h3>${score}${loss}</div>`;
    }),
  );
  return {
    id: "learning",
    title: "Learning",
    body: html`<figure><div class="panels">${panels}</div>
<figcaption><span class="key line"></span> one run (fold and seed) on its validation images; <span class="key dot"></span> the checkpoint that was kept and tested; <span class="key training"></span> loss on the training patches${
      floor &&
      html`; <span class="key dashed"></span> the best floor on validation images, ${floor.name} (${formatScore(floor.score.mean)})`
    }. All panels share their axes${logarithmic && "; the axis of the loss is logarithmic"}. A network whose lines still rise at the right end might gain from more steps; one whose validation loss turns up while its training loss falls has begun to learn its training images by heart. Validation images differ between folds, so lines that lie apart show folds that are easier or harder as well as luck.</figcaption></figure>
${timesTable(results, networks)}`,
  };
}

function scoreCurves(network: MethodResult, metric: string): CurvePoint[] {
  return curves(network, "validation", (point) => point.validation[metric]);
}

function lossCurves(network: MethodResult): CurvePoint[] {
  return [
    ...curves(network, "training", (point) => point.loss),
    ...curves(network, "validation", (point) => point.validation.loss),
  ];
}

function curves(
  { runs }: MethodResult,
  series: CurvePoint["series"],
  value: (point: HistoryPoint) => number | null | undefined,
): CurvePoint[] {
  return runs.flatMap((run, i) => {
    const isChosen = ({ step }: { step: number }) => series === "validation" && step === run.checkpoint?.step;
    const points = run.history.flatMap((point) => {
      const at = value(point) ?? null;
      return at === null ? [] : [{ run: i, step: point.step, value: at, series, chosen: isChosen(point) }];
    });
    return thin(points, 120, ({ chosen }) => chosen);
  });
}

function rangeOf(points: readonly CurvePoint[], more: readonly number[]): [number, number] {
  const values = [...points.map(({ value }) => value), ...more];
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

const plotWidth = 196;

interface CurveOptions {
  title: string;
  range: [number, number];
  logarithmic: boolean;
  lastStep: number;
  height: number;
  floor: number | undefined;
  /** Whether the horizontal axis is named. */
  steps: boolean;
  description: string;
}

function drawCurves(points: readonly CurvePoint[], options: CurveOptions): Promise<Html> {
  const { title, range, logarithmic, lastStep, height, floor, steps, description } = options;
  const scale = {
    domain: range,
    nice: !logarithmic,
    zero: false,
    type: logarithmic ? ("log" as const) : ("linear" as const),
  };
  return drawChart(
    {
      width: plotWidth,
      height,
      data: { values: points.map((point) => ({ ...point, line: `${point.series} ${point.run}` })) },
      encoding: {
        x: {
          field: "step",
          type: "quantitative",
          scale: { domain: [0, lastStep], nice: false },
          axis: {
            tickCount: 4,
            grid: false,
            title: steps ? "steps" : null,
            titleAnchor: "end",
            titlePadding: 2,
            format: "~s",
          },
        },
        y: {
          field: "value",
          type: "quantitative",
          scale,
          axis: {
            tickCount: 4,
            domain: false,
            ticks: false,
            title,
            titleAngle: 0,
            titleAnchor: "start",
            titleAlign: "left",
            titleX: -40,
            titleY: -12,
            format: "~g",
          },
        },
      },
      layer: [
        ...(floor === undefined
          ? []
          : [
              {
                data: { values: [{ step: 0, value: floor }] },
                mark: { type: "rule" as const, strokeDash: [4, 3], stroke: colours.ink, strokeWidth: 1 },
                encoding: {
                  x: { value: 0 },
                  x2: { value: plotWidth },
                  y: { field: "value", type: "quantitative" as const },
                },
              },
            ]),
        {
          mark: { type: "line", strokeWidth: 1.1, strokeOpacity: 0.75, strokeJoin: "round" },
          encoding: {
            detail: { field: "line", type: "nominal" },
            stroke: {
              condition: { test: "datum.series === 'validation'", value: colours.accent },
              value: colours.muted,
            },
            strokeWidth: { condition: { test: "datum.series === 'validation'", value: 1.2 }, value: 0.8 },
          },
        },
        {
          transform: [{ filter: "datum.chosen" }],
          mark: {
            type: "point",
            filled: true,
            size: 28,
            fill: colours.accent,
            stroke: colours.paper,
            strokeWidth: 1,
            opacity: 1,
          },
        },
      ],
    },
    { left: 44, right: 10, top: 22, bottom: steps ? 36 : 22 },
    escapeHtml(description),
  );
}

function timesTable(results: Results, networks: readonly MethodResult[]): Html {
  const criteria = ["loss", ...results.metrics.map(({ id }) => id)].filter((criterion) =>
    networks.some(({ runs }) => runs.some((run) => timeToBest(results, run, criterion))),
  );
  const rows = networks.map((network) => {
    const runs = finishedRuns(network);
    const total = summarise(runs.map((run) => run.seconds));
    return html`<tr><th scope="row">${network.name}</th>${criteria.map((criterion) => {
      const times = runs.map((run) => timeToBest(results, run, criterion));
      const seconds = summarise(times.map((time) => time?.seconds));
      const steps = summarise(times.map((time) => time?.step));
      return seconds && steps
        ? html`<td>${formatDuration(seconds.mean)}<small>step ${Math.round(steps.mean)}</small></td>`
        : html`<td class="none">not defined</td>`;
    })}<td>${total ? formatDuration(total.mean) : "no run finished"}<small>${plural(runs.length, "run")}</small></td></tr>`;
  });
  return html`<figure><h3>Time to the best value of each criterion</h3><div class="scroll" tabindex="0" role="region" aria-label="Time to the best value"><table class="plain"><thead><tr><th scope="col">Network</th>${criteria.map(
    (criterion) => html`<th scope="col">${metricLabel(metricOf(results, criterion))}</th>`,
  )}<th scope="col">Whole training</th></tr></thead><tbody>${rows}</tbody></table></div>
<figcaption>Training time until the validation value that was never bettered afterwards, in the mean over runs (as the paper’s figure 3), and the mean step at which it came. It tells how soon a training could have stopped, on this device.</figcaption></figure>`;
}
