import { colours, drawChart, scaleOver } from "./chart.js";
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

const largestArea = 1600; // of the square around a ball, in pixels, as Vega counts
const smallestArea = 40; // still a visible dot
const roomForText = 330;
const [plotWidth, plotHeight] = [290, 200]; // with the margins as wide as a phone

/** Whether the smallest balls have to be drawn larger than their share, to be seen. */
export function isEnlarged(balls: readonly Ball[]): boolean {
  return balls.some((ball) => areaOf(ball, balls) === smallestArea);
}

/** Score over cost, areas in proportion to weights; a dashed line joins the balls on the front. */
export async function drawBalls(balls: readonly Ball[], options: BallChartOptions): Promise<Html> {
  const { costTitle, scoreTitle, description } = options;
  const costs = balls.map(({ cost }) => cost);
  const scores = balls.map(({ score }) => score);
  const [cheapest, dearest] = [Math.min(...costs), Math.max(...costs)];
  const logarithmic = cheapest > 0 && dearest / cheapest > 30;
  const costAxis = logarithmic ? ([cheapest / 1.6, dearest * 1.6] as const) : ([0, dearest * 1.12] as const);
  const scoreAxis = widened(Math.min(...scores), Math.max(...scores));
  const share = (value: number, [low, high]: readonly [number, number]) => (value - low) / (high - low);
  const placed = balls.map((ball) => ({
    ...ball,
    area: areaOf(ball, balls),
    x:
      plotWidth *
      (logarithmic
        ? share(Math.log(ball.cost), [Math.log(costAxis[0]), Math.log(costAxis[1])])
        : share(ball.cost, costAxis)),
    y: plotHeight * (1 - share(ball.score, scoreAxis)),
  }));
  const values = withLabels(placed).sort((a, b) => b.area - a.area); // small ones on top
  const onFront = { test: "datum.onFront" };
  return drawChart(
    {
      width: plotWidth,
      height: plotHeight,
      data: { values },
      encoding: {
        x: {
          field: "cost",
          type: "quantitative",
          scale: scaleOver(costAxis, logarithmic),
          axis: {
            title: logarithmic ? `${costTitle}, logarithmic` : costTitle,
            tickCount: 5,
            titlePadding: 8,
            grid: false,
            format: "~r",
            ...(logarithmic ? { values: steps(cheapest, dearest) } : {}),
          },
        },
        y: {
          field: "score",
          type: "quantitative",
          scale: { domain: [...scoreAxis], zero: false, nice: false },
          axis: {
            title: scoreTitle,
            tickCount: 5,
            domain: false,
            ticks: false,
            titleAngle: 0,
            titleAnchor: "start",
            titleAlign: "left",
            titleX: -42,
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
          mark: { type: "text", fontSize: 11, fontWeight: "bold" },
          encoding: {
            text: { field: "rank" },
            x: { field: "labelX", type: "quantitative", scale: null },
            y: { field: "labelY", type: "quantitative", scale: null },
            color: { condition: { test: "datum.inside && datum.onFront", value: colours.paper }, value: colours.ink },
          },
        },
      ],
    },
    { left: 46, right: 14, top: 26, bottom: 42 },
    escapeHtml(description),
  );
}

/** Some room beyond both ends, more where they are one. */
function widened(low: number, high: number): readonly [number, number] {
  const room = high > low ? 0.18 * (high - low) : 0.05;
  return [low - room, high + room];
}

interface PlacedBall extends Ball {
  readonly area: number;
  readonly x: number;
  readonly y: number;
}

/** Numbers stand in their balls; where a ball is small, or another hides it, beside, above or below it. */
function withLabels(balls: readonly PlacedBall[]) {
  const taken: { x: number; y: number }[] = [];
  return balls.map((ball) => {
    const reach = Math.sqrt(ball.area / Math.PI) + 9;
    const inside = { x: ball.x, y: ball.y };
    const around = [
      { x: ball.x + reach, y: ball.y },
      { x: ball.x - reach, y: ball.y },
      { x: ball.x, y: ball.y - reach },
      { x: ball.x, y: ball.y + reach },
    ];
    const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y);
    const others = balls.filter((other) => other !== ball);
    const isHidden = ball.area < roomForText || others.some((other) => distance(other, ball) < 18);
    const isFree = (place: { x: number; y: number }) =>
      taken.every((other) => distance(other, place) > 14) &&
      others.every((other) => distance(other, place) > Math.sqrt(other.area / Math.PI) + 4);
    const place = isHidden ? (around.find(isFree) ?? inside) : inside;
    taken.push(place);
    return { ...ball, labelX: place.x, labelY: place.y, inside: place === inside };
  });
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
