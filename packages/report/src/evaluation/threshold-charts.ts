import type { EvaluatedMethod, Evaluation } from "@em-stellar/core";
import { colours, drawChart } from "../chart.js";
import { formatScore } from "../format.js";
import { escapeHtml, type Html, html } from "../html.js";
import { distinctLines, look, sample } from "../lines.js";
import { type Section, scroll } from "../section.js";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** One method in one chart: its curve, none for a mask, and where the threshold of the evaluation lies. */
interface Series {
  readonly line: readonly Point[];
  readonly at: Point | undefined;
}

interface Axis {
  readonly title: string;
  readonly domain: readonly [number, number];
}

const [plotWidth, plotHeight] = [410, 280];

/** What thresholds would do: precision over recall, ROC, and F1 and Jaccard over thresholds, all methods in one chart each. */
export async function thresholdSection({ methods, options: { threshold } }: Evaluation): Promise<Section> {
  const maps = methods.filter(({ curves }) => curves.scores > 2);
  const precisionRecall = methods.map(({ curves: { scores, precisionRecall: curve, operating } }) => ({
    line: curve && scores > 2 ? points(curve.recall, curve.precision) : [],
    at: pointOf(operating.recall, operating.precision),
  }));
  const roc = methods.map(({ curves: { scores, roc: curve, operating } }) => ({
    line: curve && scores > 2 ? points(curve.fpr, curve.tpr) : [],
    at: pointOf(operating.fpr, operating.recall),
  }));
  const sweep = (measure: "f1" | "jaccard") =>
    methods.map(({ curves: { sweep } }) => ({ line: points(sweep.thresholds, sweep[measure]), at: undefined }));
  const [f1, jaccard] = [sweep("f1"), sweep("jaccard")];
  const spots = precisionRecall.flatMap(({ at }) => at ?? []);
  const low = below([...spots.map(({ x }) => x), ...spots.map(({ y }) => y)]);
  const right = above(roc.flatMap(({ at }) => at?.x ?? []));
  const left = below(roc.flatMap(({ at }) => at?.y ?? []));
  const unit: readonly [number, number] = [0, 1];
  const charts = [
    await drawLines("Precision over recall", precisionRecall, {
      x: { title: "Recall", domain: [low, 1] },
      y: { title: "Precision", domain: [low, 1] },
    }),
    await drawLines("ROC", roc, {
      x: { title: "False positive rate", domain: [0, right] },
      y: { title: "True positive rate", domain: [left, 1] },
    }),
    await drawLines("F1 over thresholds", f1, {
      x: { title: "Threshold", domain: unit },
      y: { title: "F1", domain: [lowestInside(f1), 1] },
      mark: threshold,
    }),
    await drawLines("Jaccard over thresholds", jaccard, {
      x: { title: "Threshold", domain: unit },
      y: { title: "Jaccard", domain: [lowestInside(jaccard), 1] },
      mark: threshold,
    }),
  ];
  const masks = methods.length - maps.length;
  return {
    id: "thresholds",
    title: "Thresholds",
    body: html`<p class="legend">${methods.map(({ name }, i) => html`<span>${sample(i)} ${name}</span>`)}</p>
<figure><div class="charts">${charts.map((chart) => html`<div class="chart">${chart}</div>`)}</div>
<figcaption>The object is positive, and all images count together. Dots mark the threshold of this page, ${threshold}, and so does the dashed vertical line. Axes show the range of the methods, so most do not begin at 0. A curve that runs above another is better at every threshold; if F1 and Jaccard hardly change over a wide range of thresholds, the choice does not matter. ${
      masks > 0 &&
      `${masks === methods.length ? "All predictions here are" : `${masks} of the predictions are`} masks, which already have one threshold: they are a dot on the upper charts and horizontal lines on the lower ones, and their AUC-ROC and AP say no more than that dot. `
    }${methods.length > distinctLines && `The ${distinctLines} methods that rank highest have a colour. `}</figcaption></figure>
${maps.length > 0 && bestThresholds(maps, threshold)}`,
  };
}

function bestThresholds(methods: readonly EvaluatedMethod[], threshold: number): Html {
  const measures = ["f1", "jaccard"] as const;
  const rows = methods.map(
    ({ name, curves: { sweep } }) =>
      html`<tr><th scope="row">${name}</th>${measures.map((measure) => {
        const best = bestOf(sweep.thresholds, sweep[measure]);
        const at = sweep[measure][nearest(sweep.thresholds, threshold)] ?? undefined;
        return html`<td>${at === undefined ? "not defined" : formatScore(at)}</td><td>${best ? html`${formatScore(best.y)}<small>at ${best.x.toFixed(2)}</small>` : "not defined"}</td>`;
      })}</tr>`,
  );
  return html`<figure>${scroll("Best thresholds", html`<table class="plain"><thead><tr><th scope="col">Method</th><th scope="col">F1 at ${threshold}</th><th scope="col">best F1</th><th scope="col">Jaccard at ${threshold}</th><th scope="col">best Jaccard</th></tr></thead><tbody>${rows}</tbody></table>`)}
<figcaption>The best values of the sweep. They were chosen on the scored images, so they are too good. Choose a threshold on other images, and report the score at that threshold.</figcaption></figure>`;
}

function drawLines(
  title: string,
  series: readonly Series[],
  { x, y, mark }: { readonly x: Axis; readonly y: Axis; readonly mark?: number },
): Promise<Html> {
  const axis = ({ title, domain }: Axis) => ({
    type: "quantitative" as const,
    scale: { domain: [...domain], nice: false, zero: false },
    axis: { title, tickCount: 6, format: "~g", grid: true, gridOpacity: 0.5 },
  });
  // The best methods are drawn last, over the others.
  const order = series.map((_, i) => i).reverse();
  return drawChart(
    {
      width: plotWidth,
      height: plotHeight,
      encoding: {
        x: { field: "x", ...axis(x) },
        y: {
          field: "y",
          ...axis(y),
          axis: { ...axis(y).axis, titleAngle: 0, titleAnchor: "start", titleAlign: "left", titleX: -44, titleY: -14 },
        },
      },
      layer: [
        ...(mark === undefined
          ? []
          : [
              {
                data: { values: [{ x: mark }] },
                mark: { type: "rule" as const, stroke: colours.ink, strokeDash: [4, 3], strokeWidth: 1 },
                encoding: { y: { value: 0 }, y2: { value: plotHeight } },
              },
            ]),
        ...order.map((i) => ({
          data: { values: [...(series[i]?.line ?? [])] },
          mark: {
            type: "line" as const,
            clip: true,
            strokeJoin: "round" as const,
            interpolate: "linear" as const,
            ...look(i),
          },
          encoding: { order: { field: "i", type: "quantitative" as const } },
        })),
        ...order.map((i) => ({
          data: { values: [series[i]?.at ?? []].flat() },
          mark: {
            type: "point" as const,
            filled: true,
            opacity: 1,
            size: 54,
            fill: look(i).stroke,
            stroke: colours.paper,
            strokeWidth: 1.2,
            clip: true,
          },
        })),
      ],
    },
    { left: 50, right: 12, top: 28, bottom: 42 },
    escapeHtml(`${title} of ${series.length} methods.`),
  );
}

function points(x: readonly number[], y: readonly (number | null)[]): (Point & { readonly i: number })[] {
  return x.flatMap((at, i) => {
    const value = y[i] ?? null;
    return value === null ? [] : [{ x: at, y: value, i }];
  });
}

function pointOf(x: number | null, y: number | null): Point | undefined {
  return x === null || y === null ? undefined : { x, y };
}

/** A round number some way below all values: where an axis begins. */
function below(values: readonly number[]): number {
  return Math.max(0, Math.floor((Math.min(1, ...values) - 0.06) * 20) / 20);
}

function above(values: readonly number[]): number {
  return Math.min(1, Math.ceil((Math.max(0, ...values) + 0.04) * 20) / 20);
}

/** Where an axis of a sweep begins: below all that thresholds from 0.1 to 0.9 lead to. */
function lowestInside(series: readonly Series[]): number {
  return below(series.flatMap(({ line }) => line.filter(({ x }) => x >= 0.1 && x <= 0.9).map(({ y }) => y)));
}

function bestOf(x: readonly number[], y: readonly (number | null)[]): Point | undefined {
  return points(x, y).reduce<Point | undefined>((best, point) => (!best || point.y > best.y ? point : best), undefined);
}

function nearest(values: readonly number[], value: number): number {
  return values.reduce(
    (best, candidate, i) => (Math.abs(candidate - value) < Math.abs((values[best] as number) - value) ? i : best),
    0,
  );
}
