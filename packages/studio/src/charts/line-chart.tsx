import type { Point } from "../engine/run-view.js";

/** One line of a chart. */
interface Curve {
  readonly name: string;
  /** The look of it, from 1 on: the style sheet has a colour and a dash for each. */
  readonly look: number;
  readonly points: readonly Point[];
}

/** A level to compare curves with. */
interface Level {
  readonly name: string;
  readonly y: number;
}

interface LineChartProps {
  readonly title: string;
  /** For people who do not see it. */
  readonly description: string;
  readonly curves: readonly Curve[];
  /** Where the axis of steps ends. */
  readonly steps: number;
  /** What the upright axis spans at least. */
  readonly range: readonly [low: number, high: number];
  /** Whether each point is shown by a dot. */
  readonly dots?: boolean;
  readonly levels?: readonly Level[];
}

const [width, height] = [340, 190];
const margin = { left: 40, right: 12, top: 10, bottom: 26 };

/** A chart of curves over steps, of a fixed size on the page however many points there are. */
export function LineChart({ title, description, curves, steps, range, dots, levels = [] }: LineChartProps) {
  const values = [...curves.flatMap(({ points }) => points.map(({ y }) => y)), ...levels.map(({ y }) => y)];
  const [low, high] = [Math.min(range[0], ...values), Math.max(range[1], ...values)];
  const x = (step: number) => margin.left + (step / Math.max(1, steps)) * (width - margin.left - margin.right);
  const y = (value: number) =>
    height - margin.bottom - ((value - low) / Math.max(1e-12, high - low)) * (height - margin.top - margin.bottom);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={description}>
        {ticks(low, high, 4).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
            <text class="tick" x={margin.left - 6} y={y(tick) + 4} text-anchor="end">
              {Number(tick.toPrecision(6))}
            </text>
          </g>
        ))}
        {ticks(0, steps, 4).map((tick) => (
          <text class="tick" key={tick} x={x(tick)} y={height - 8} text-anchor="middle">
            {Number(tick.toPrecision(6))}
          </text>
        ))}
        {levels.map(({ name, y: at }) => (
          <g key={name}>
            <line class="level" x1={margin.left} x2={width - margin.right} y1={y(at)} y2={y(at)} />
            <text class="level-name" x={margin.left + 4} y={y(at) - 4}>
              {name} {at.toFixed(2)}
            </text>
          </g>
        ))}
        {curves.map(({ name, look, points }) => (
          <g key={name} class={`curve look-${1 + ((look - 1) % 6)}`}>
            <title>{name}</title>
            <path
              d={points
                .map((point, i) => `${i === 0 ? "M" : "L"}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`)
                .join("")}
            />
            {dots && points.map((point) => <circle key={point.x} cx={x(point.x)} cy={y(point.y)} r={2.6} />)}
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** Round numbers from `low` to `high`, about `count` of them. */
function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
