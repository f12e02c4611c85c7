import { finishedRuns, type MethodResult, type RankedMethod, type Results, summarise } from "@em-stellar/core";
import { colours, drawChart, scaleOver } from "./chart.js";
import { formatScore } from "./format.js";
import { escapeHtml, type Html, html } from "./html.js";
import { distinctLines, look, sample } from "./lines.js";
import { rankingLabel } from "./metrics.js";
import type { Section } from "./section.js";

/** A number that a suite may vary, and what its chart tells. */
interface Factor {
  readonly title: string;
  /** The field of a method, of its training or of its optimizer that holds it. */
  readonly field: "trainingImages" | "batchSize" | "learningRate";
  readonly valueOf: (method: MethodResult) => number | undefined;
  readonly conclusion: string;
}

const factors: readonly Factor[] = [
  {
    title: "Training images",
    field: "trainingImages",
    valueOf: ({ trainingImages }) => trainingImages,
    conclusion:
      "Where a line still rises at its right end, more annotated images would probably help; where it is flat, they would not.",
  },
  {
    title: "Batch size",
    field: "batchSize",
    valueOf: ({ training }) => numberOf(training?.batchSize),
    conclusion:
      "At the same number of steps, a larger batch also shows the network more patches and takes more time: compare it with a longer training too.",
  },
  {
    title: "Learning rate",
    field: "learningRate",
    valueOf: ({ components }) => numberOf(components.find(({ kind }) => kind === "optimizer")?.options.learningRate),
    conclusion: "The flatter a line, the less the choice of the learning rate matters.",
  },
];

const numberOf = (value: unknown) => (typeof value === "number" ? value : undefined);

/** Methods that differ in one factor alone. */
export interface Series {
  readonly label: string;
  readonly points: readonly {
    readonly x: number;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** The series of a factor, in the order of the methods; none where it does not vary. */
export function seriesOf(factor: Factor, methods: readonly MethodResult[], metric: string): Series[] {
  const placed = methods.flatMap((method) => {
    const x = factor.valueOf(method);
    const scores = finishedRuns(method).flatMap(({ pooled }) => pooled[metric] ?? []);
    const mean = summarise(scores)?.mean;
    if (method.kind !== "network" || x === undefined || mean === undefined) return [];
    return [{ point: { x, mean, low: Math.min(...scores), high: Math.max(...scores) }, rest: restOf(method, factor) }];
  });
  if (new Set(placed.map(({ point }) => point.x)).size < 2) return [];
  const varying = [...new Set(placed.flatMap(({ rest }) => Object.keys(rest)))].filter(
    // An option that some do not have follows from what they are made of.
    (name) => new Set(placed.flatMap(({ rest }) => rest[name] ?? [])).size > 1,
  );
  const labelOf = (rest: Rest) => varying.flatMap((name) => rest[name] ?? []).join(", ") || (rest.network ?? "");
  const labels = [...new Set(placed.map(({ rest }) => labelOf(rest)))];
  return labels.map((label) => ({
    label,
    points: placed
      .filter(({ rest }) => labelOf(rest) === label)
      .map(({ point }) => point)
      .sort((a, b) => a.x - b.x),
  }));
}

type Rest = Readonly<Record<string, string>>;

/** What a method is beside its value of a factor, in words for a legend. */
function restOf({ name, components, training, trainingImages }: MethodResult, factor: Factor): Rest {
  const rest: Record<string, string> = { network: name.split("+")[0] ?? name };
  for (const { kind, id, options } of components.filter((part) => part.kind !== "network")) {
    rest[kind] = id;
    for (const [option, value] of Object.entries(options)) {
      if (kind !== "optimizer" || option !== factor.field) rest[`${id} ${option}`] = `${option} ${String(value)}`;
    }
  }
  for (const [field, value] of Object.entries(training ?? {})) {
    if (field === "name" || field === factor.field) continue;
    rest[field] = `${field} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`;
  }
  if (trainingImages !== undefined && factor.field !== "trainingImages") rest.images = `${trainingImages} images`;
  return rest;
}

/** A chart for each number that the suite varies: training images, batch size, learning rate. Undefined where it varies none. */
export async function effectsSection(
  results: Results,
  ranked: readonly RankedMethod<MethodResult>[],
): Promise<Section | undefined> {
  const methods = ranked.map(({ method }) => method);
  const label = rankingLabel(results);
  const figures = await Promise.all(
    factors.map(async (factor) => {
      const series = seriesOf(factor, methods, results.rankedBy);
      return series.length === 0 ? undefined : figureOf(factor, series, label);
    }),
  );
  if (figures.every((figure) => figure === undefined)) return undefined;
  return {
    id: "effects",
    title: "Effects",
    heading: "Effects of what was varied",
    body: html`${figures}`,
  };
}

async function figureOf(factor: Factor, series: readonly Series[], label: string): Promise<Html> {
  const chart = await drawSeries(factor.title, series, label);
  const further = series.length - distinctLines;
  return html`<figure class="beside"><div><p class="legend">${series
    .slice(0, distinctLines)
    .map(({ label: name }, i) => html`<span>${sample(i)} ${name}</span>`)}${
    further > 0 && html`<span>${sample(distinctLines)} ${further} more</span>`
  }</p><div class="chart">${chart}</div></div><figcaption>Mean ${label} on the test images by ${factor.title.toLowerCase()}; bars reach from the lowest to the highest training. ${factor.conclusion} Differences smaller than the bars may be luck.</figcaption></figure>`;
}

const [plotWidth, plotHeight] = [290, 190];

function drawSeries(title: string, series: readonly Series[], label: string): Promise<Html> {
  const points = series.flatMap((one) => one.points);
  const xs = points.map(({ x }) => x);
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const logarithmic = least > 0 && most / least >= 4;
  const [low, high] = [Math.min(...points.map((point) => point.low)), Math.max(...points.map((point) => point.high))];
  const room = (high - low || 0.1) / 20;
  return drawChart(
    {
      width: plotWidth,
      height: plotHeight,
      data: { values: [] },
      encoding: {
        x: {
          field: "x",
          type: "quantitative",
          scale: { ...scaleOver(logarithmic ? [least / 1.2, most * 1.2] : [least, most], logarithmic) },
          axis: {
            values: [...new Set(xs)],
            grid: false,
            title: logarithmic ? `${title}, logarithmic` : title,
            titleAnchor: "end",
            format: "~g",
          },
        },
        y: {
          field: "mean",
          type: "quantitative",
          scale: scaleOver([low - room, high + room], false),
          axis: { tickCount: 5, domain: false, ticks: false, title: null, format: "~g" },
        },
      },
      layer: series.flatMap((one, i) => {
        const { stroke, strokeWidth, strokeDash } = look(i);
        const data = { values: [...one.points] };
        return [
          {
            data,
            mark: { type: "rule" as const, stroke, strokeWidth: 1 },
            encoding: { y: { field: "low", type: "quantitative" as const }, y2: { field: "high" } },
          },
          { data, mark: { type: "line" as const, stroke, strokeWidth, strokeDash } },
          {
            data,
            mark: { type: "point" as const, filled: true, size: 40, fill: stroke, stroke: colours.paper, opacity: 1 },
          },
        ];
      }),
    },
    { left: 44, right: 14, top: 8, bottom: 40 },
    escapeHtml(
      `${label} by ${title.toLowerCase()}: ${series.map((one) => `${one.label} ${one.points.map(({ x, mean }) => `${x}: ${formatScore(mean)}`).join(", ")}`).join("; ")}.`,
    ),
  );
}
