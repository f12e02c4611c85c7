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
  /** As it is written on the chart. */
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

const [width, height] = [360, 200];
/** Names of curves stand to the right of their ends. */
const margin = { left: 36, right: 58, top: 12, bottom: 30 };
/** Height of a line of text. */
const line = 13;

/** A chart of curves over steps, each named at its end; of a fixed size on the page however many points there are. */
export function LineChart({ title, description, curves, steps, range, dots, levels = [] }: LineChartProps) {
  const values = [...curves.flatMap(({ points }) => points.map(({ y }) => y)), ...levels.map(({ y }) => y)];
  const [low, high] = [Math.min(range[0], ...values), Math.max(range[1], ...values)];
  const x = (step: number) => margin.left + (step / Math.max(1, steps)) * (width - margin.left - margin.right);
  const y = (value: number) =>
    height - margin.bottom - ((value - low) / Math.max(1e-12, high - low)) * (height - margin.top - margin.bottom);
  const ends = curves.flatMap(({ name, look, points }) => {
    const last = points.at(-1);
    return last ? [{ name, look, x: x(last.x), y: y(last.y) }] : [];
  });
  const [bottom, right] = [height - margin.bottom, width - margin.right];
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={description}>
        {ticks(low, high, 4).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={margin.left} x2={right} y1={y(tick)} y2={y(tick)} />
            <text class="tick" x={margin.left - 6} y={y(tick) + 4} text-anchor="end">
              {Number(tick.toPrecision(6))}
            </text>
          </g>
        ))}
        {ticks(0, steps, 4).map((tick) => (
          <text class="tick" key={tick} x={x(tick)} y={bottom + 16} text-anchor="middle">
            {Number(tick.toPrecision(6))}
          </text>
        ))}
        <text class="tick" x={width} y={bottom + 16} text-anchor="end">
          steps
        </text>
        {levels.map(({ name, y: at }) => (
          <line key={name} class="level" x1={margin.left} x2={right} y1={y(at)} y2={y(at)} />
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
        {spread(levels.map(({ name, y: at }) => ({ name, y: y(at) + 13 }))).map(({ name, y: at }) => (
          <text key={name} class="level-name" x={right - 3} y={at} text-anchor="end">
            {name}
          </text>
        ))}
        {spread(ends).map(({ name, look, x: at, y: middle }) => (
          <text key={name} class={`curve-name look-${1 + ((look - 1) % 6)}`} x={Math.min(at, right) + 7} y={middle + 4}>
            {name}
          </text>
        ))}
      </svg>
    </figure>
  );
}

/** The same labels, those that would overlap moved apart; between them they keep their order. */
function spread<Label extends { readonly y: number }>(labels: readonly Label[]): Label[] {
  const placed: Label[] = [];
  let lowest = Number.NEGATIVE_INFINITY;
  for (const label of labels.toSorted((a, b) => a.y - b.y)) {
    const y = Math.max(label.y, lowest + line);
    lowest = y;
    placed.push({ ...label, y });
  }
  const over = Math.max(0, lowest - (height - margin.bottom));
  return placed.map((label) => ({ ...label, y: label.y - over }));
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
