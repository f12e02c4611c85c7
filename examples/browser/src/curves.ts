import { svg } from "./element.js";
import type { Point } from "./run-view.js";

/** One line of a chart. */
export interface Curve {
  readonly name: string;
  /** The look of it, from 1 on: the style sheet has a colour and a dash for each. */
  readonly look: number;
  readonly points: readonly Point[];
}

export interface Chart {
  /** For people who do not see it. */
  readonly description: string;
  readonly curves: readonly Curve[];
  /** Where the axis of steps ends. */
  readonly steps: number;
  /** What the upright axis spans at least. */
  readonly range: readonly [low: number, high: number];
  /** Whether each point is shown by a dot. */
  readonly dots: boolean;
  /** A level to compare with. */
  readonly level?: { readonly name: string; readonly y: number };
}

const height = 230;
const margin = { left: 38, right: 12, top: 12, bottom: 34 };

/** Draws a chart as wide as the element that it replaces the content of. */
export function drawChart(holder: HTMLElement, { description, curves, steps, range, dots, level }: Chart): void {
  const width = Math.max(240, holder.clientWidth);
  const values = curves.flatMap(({ points }) => points.map(({ y }) => y));
  const low = Math.min(range[0], ...values);
  const high = Math.max(range[1], ...values);
  const x = (step: number) => margin.left + (step / steps) * (width - margin.left - margin.right);
  const y = (value: number) =>
    height - margin.bottom - ((value - low) / (high - low)) * (height - margin.top - margin.bottom);
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": description,
  });

  for (const tick of ticks(low, high, 4)) {
    picture.append(
      svg("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "tick", x: margin.left - 7, y: y(tick) + 4, "text-anchor": "end" }, label(tick)),
    );
  }
  for (const tick of ticks(0, steps, 5)) {
    picture.append(
      svg("text", { class: "tick", x: x(tick), y: height - margin.bottom + 17, "text-anchor": "middle" }, label(tick)),
    );
  }
  picture.append(svg("text", { class: "tick", x: width - margin.right, y: height - 3, "text-anchor": "end" }, "steps"));
  for (const { name, look, points } of curves) {
    const path = points
      .map((point, i) => `${i === 0 ? "M" : "L"}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`)
      .join("");
    const line = svg("g", { class: `look-${look}` }, svg("title", {}, name), svg("path", { class: "curve", d: path }));
    if (dots) line.append(...points.map((point) => svg("circle", { cx: x(point.x), cy: y(point.y), r: 3 })));
    picture.append(line);
  }
  if (level) {
    const at = y(level.y);
    picture.append(
      svg("line", { class: "level", x1: margin.left, x2: width - margin.right, y1: at, y2: at }),
      svg("text", { class: "level-name", x: margin.left + 4, y: at - 6 }, `${level.name} ${level.y.toFixed(2)}`),
    );
  }
  holder.replaceChildren(picture);
}

/** Round numbers from `low` to `high`, about `count` of them. */
function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

function label(value: number): string {
  return String(Number(value.toPrecision(6)));
}
