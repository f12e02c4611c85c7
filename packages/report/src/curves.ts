import {
  compareMethodScores,
  finishedRuns,
  goalOf,
  type HistoryPoint,
  isFloor,
  type MethodResult,
  type MethodScore,
  type RankedMethod,
  type Results,
  summarise,
} from "@em-stellar/core";
import { colours, drawChart, scaleOver } from "./chart.js";
import { timesToBest } from "./convergence.js";
import { formatScore } from "./format.js";
import { escapeHtml, type Html, html } from "./html.js";
import { distinctLines, look, sample } from "./lines.js";
import { rankingLabel } from "./metrics.js";
import type { Section } from "./section.js";
import { thin } from "./thin.js";
import { validationCurves } from "./validation-curves.js";

/** What one line of a chart is drawn from. */
interface CurvePoint {
  readonly run: number;
  readonly fold: number;
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
  const folds = [...new Set(networks.flatMap(({ runs }) => runs.map(({ fold }) => fold)))].sort((a, b) => a - b);
  const lastStep = Math.max(1, ...[...scores, ...losses].flat().map(({ step }) => step));
  const panels = await Promise.all(
    networks.map(async (network, i) => {
      const score = await drawCurves(scores[i] ?? [], {
        title: label,
        range: scoreRange,
        logarithmic: false,
        lastStep,
        folds,
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
        folds,
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
    body: html`<p class="legend">${folds.slice(0, distinctLines).map((fold, i) => html`<span>${sample(i)} fold ${fold}</span>`)}${folds.length > distinctLines && html`<span>${sample(distinctLines)} further folds</span>`}<span><span class="key dot"></span> checkpoint that was kept</span><span><span class="key training"></span> loss on training patches</span>${
      floor &&
      html`<span><span class="key dashed"></span> best floor on validation images: ${floor.name}, ${formatScore(floor.score.mean)}</span>`
    }</p>
<figure><div class="panels">${panels}</div>
<figcaption>Each line is one training on its validation images. ${logarithmic && "The axis of the loss is logarithmic. "}If lines still rise at the right end, more steps might help. If the validation loss rises while the training loss falls, the network has begun to memorise its training images. Folds have different validation images, so lines that are far apart show easier and harder folds as well as luck.</figcaption></figure>
${await validationCurves(results, networks)}${await timesToBest(results, networks)}`,
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
      return at === null
        ? []
        : [{ run: i, fold: run.fold, step: point.step, value: at, series, chosen: isChosen(point) }];
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
  /** The folds of the run, in the order of their looks. */
  folds: readonly number[];
  height: number;
  floor: number | undefined;
  /** Whether the horizontal axis is named. */
  steps: boolean;
  description: string;
}

function drawCurves(points: readonly CurvePoint[], options: CurveOptions): Promise<Html> {
  const { title, range, logarithmic, lastStep, folds, height, floor, steps, description } = options;
  const scale = { ...scaleOver(range, logarithmic), nice: !logarithmic };
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
          transform: [{ filter: "datum.series === 'training'" }],
          mark: { type: "line", strokeWidth: 0.8, stroke: colours.muted, strokeJoin: "round" },
          encoding: { detail: { field: "line", type: "nominal" } },
        },
        ...folds.map((fold, i) => ({
          transform: [{ filter: `datum.series === 'validation' && datum.fold === ${fold}` }],
          mark: {
            type: "line" as const,
            strokeJoin: "round" as const,
            ...look(i),
            strokeWidth: i < distinctLines ? 1.4 : 0.8,
          },
          encoding: { detail: { field: "line", type: "nominal" as const } },
        })),
        {
          transform: [{ filter: "datum.chosen" }],
          mark: {
            type: "point",
            filled: true,
            size: 28,
            fill: colours.ink,
            stroke: colours.paper,
            strokeWidth: 1,
            opacity: 1,
          },
        },
      ],
    },
    { left: 44, right: 10, top: 26, bottom: steps ? 36 : 22 },
    escapeHtml(description),
  );
}
