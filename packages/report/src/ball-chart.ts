import { colours, drawChart } from "./chart.js";
import { escapeHtml, type Html } from "./html.js";

/** One ball. */
export interface Ball {
  /** What stands in it, or beside it where it is too small. */
  readonly rank: number;
  readonly cost: number;
  readonly score: number;
  /** What its area stands for; undefined for all where one is not known: then all are alike. */
  readonly weight: number | undefined;
  /** Filled rather than drawn as a ring, and joined by the dashed line. */
  readonly onFront: boolean;
}

interface BallChartOptions {
  readonly costTitle: string;
  readonly scoreTitle: string;
  /** For readers of the markup: what is drawn. */
  readonly description: string;
}

const largestArea = 2600; // of the square around a ball, in pixels, as Vega counts
const smallestArea = 40; // still a visible dot
const roomForText = 330;

/** Whether the smallest balls have to be drawn larger than their share, to be seen. */
export function isEnlarged(balls: readonly Ball[]): boolean {
  return balls.some((ball) => areaOf(ball, balls) === smallestArea);
}

/** Score over cost, areas in proportion to weights; a dashed line joins the balls on the front. */
export async function drawBalls(balls: readonly Ball[], options: BallChartOptions): Promise<Html> {
  const { costTitle, scoreTitle, description } = options;
  const values = balls.map((ball) => ({ ...ball, area: areaOf(ball, balls) }));
  values.sort((a, b) => b.area - a.area); // small ones on top
  const costs = balls.map(({ cost }) => cost);
  const logarithmic = Math.min(...costs) > 0 && Math.max(...costs) / Math.min(...costs) > 30;
  const onFront = { test: "datum.onFront" };
  return drawChart(
    {
      width: 430,
      height: 260,
      data: { values },
      encoding: {
        x: {
          field: "cost",
          type: "quantitative",
          scale: logarithmic
            ? { type: "log", nice: false, padding: 30 }
            : { type: "linear", zero: true, nice: true, padding: 28 },
          axis: {
            title: logarithmic ? `${costTitle}, logarithmic` : costTitle,
            tickCount: 6,
            titlePadding: 8,
            grid: false,
            format: "~r",
            ...(logarithmic ? { values: steps(Math.min(...costs), Math.max(...costs)) } : {}),
          },
        },
        y: {
          field: "score",
          type: "quantitative",
          scale: { zero: false, nice: true, padding: 30 },
          axis: {
            title: scoreTitle,
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
          encoding: { order: { field: "cost", type: "quantitative" } },
        },
        {
          mark: { type: "point", filled: true, opacity: 1, strokeWidth: 1.4 },
          encoding: {
            size: { field: "area", type: "quantitative", scale: null },
            fill: { condition: { ...onFront, value: colours.accent }, value: colours.paper },
            stroke: { condition: { ...onFront, value: colours.paper }, value: colours.muted },
          },
        },
        {
          transform: [{ filter: `datum.area >= ${roomForText}` }],
          mark: { type: "text", fontSize: 11, fontWeight: "bold" },
          encoding: {
            text: { field: "rank" },
            color: { condition: { ...onFront, value: colours.paper }, value: colours.ink },
          },
        },
        {
          transform: [{ filter: `datum.area < ${roomForText}` }],
          mark: { type: "text", fontSize: 11, fontWeight: "bold", dy: -15 },
          encoding: { text: { field: "rank" } },
        },
      ],
    },
    { left: 54, right: 12, top: 26, bottom: 44 },
    escapeHtml(description),
  );
}

function areaOf({ weight }: Ball, balls: readonly Ball[]): number {
  const weights = balls.map((ball) => ball.weight);
  if (weight === undefined || weights.includes(undefined)) return roomForText;
  const heaviest = Math.max(...weights.filter((each) => each !== undefined));
  return Math.max(smallestArea, (largestArea * weight) / heaviest);
}

/** 1, 2, 5, 10, 20 …, about as far as costs reach. */
function steps(low: number, high: number): number[] {
  const decades = Array.from({ length: 20 }, (_, i) => 10 ** (i - 6));
  return decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]).filter((at) => at > low / 3 && at < high * 3);
}
