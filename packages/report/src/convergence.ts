import {
  bestOf,
  finishedRuns,
  goalOf,
  type MethodResult,
  type Results,
  type RunResult,
  summarise,
} from "@em-stellar/core";
import { colours, drawChart } from "./chart.js";
import { formatDuration, plural, shorten } from "./format.js";
import { escapeHtml, type Html, html } from "./html.js";
import { metricLabel, metricOf } from "./metrics.js";
import { scroll } from "./section.js";

/** When a run reached its best validation value by a criterion; undefined where the criterion was never defined. */
export function timeToBest(
  results: Results,
  run: RunResult,
  criterion: string,
): { seconds: number; step: number } | undefined {
  const best = bestOf(goalOf(results, criterion), run.history, ({ validation }) => validation[criterion]);
  return best && { seconds: best.seconds, step: best.step };
}

/** How soon networks were at their best by each criterion, as box plots and as a table. */
export async function timesToBest(results: Results, networks: readonly MethodResult[]): Promise<Html> {
  const criteria = ["loss", ...results.metrics.map(({ id }) => id)].filter((criterion) =>
    networks.some(({ runs }) => runs.some((run) => timeToBest(results, run, criterion))),
  );
  const figure = await convergenceFigure(results, networks, criteria);
  return html`<details><summary>Time to the best value of each criterion</summary>${figure}${timesTable(results, networks, criteria)}</details>`;
}

/** The five numbers of a box plot. */
interface Box {
  readonly low: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  readonly high: number;
}

/** Ends, quartiles and median of some numbers, quartiles interpolated as by R (type 7) and NumPy; undefined for none. */
export function boxOf(values: readonly number[]): Box | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (place - Math.floor(place)) * (above - below);
  };
  return sorted.length === 0
    ? undefined
    : { low: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), high: at(1) };
}

/** When the trainings of a network reached their best value of one criterion. */
interface Arrival {
  readonly criterion: string;
  readonly seconds: number;
  readonly steps: number;
}

/** Arrivals of all finished trainings of a network, by each of the criteria. */
function arrivalsOf(results: Results, network: MethodResult, criteria: readonly string[]): Arrival[] {
  return finishedRuns(network).flatMap((run) =>
    criteria.flatMap((criterion) => {
      const best = timeToBest(results, run, criterion);
      return best ? [{ criterion, seconds: best.seconds, steps: best.step }] : [];
    }),
  );
}

/** The paper's figure 3: how soon each network is at its best, in time and in steps; undefined where nothing arrived. */
async function convergenceFigure(
  results: Results,
  networks: readonly MethodResult[],
  criteria: readonly string[],
): Promise<Html | undefined> {
  const rows = networks
    .map((network) => ({ name: network.name, arrivals: arrivalsOf(results, network, criteria) }))
    .filter(({ arrivals }) => arrivals.length > 0);
  if (rows.length === 0) return undefined;
  const slowest = Math.max(...rows.flatMap(({ arrivals }) => arrivals.map(({ seconds }) => seconds)));
  const unit =
    slowest < 180
      ? { name: "seconds", seconds: 1 }
      : slowest < 7200
        ? { name: "minutes", seconds: 60 }
        : { name: "hours", seconds: 3600 };
  const time = await drawBoxes(rows, ({ seconds }) => seconds / unit.seconds, `Training time (${unit.name})`);
  const steps = await drawBoxes(rows, (arrival) => arrival.steps, "Steps");
  return html`<figure><div class="charts"><div class="chart">${time}</div><div class="chart">${steps}</div></div>
<figcaption>How soon trainings were at their best (the paper’s figure 3). Each box holds the middle half of all trainings of a network by all of ${criteria.map((id, i) => html`${i > 0 && ", "}${metricLabel(metricOf(results, id))}`)}; the upright line is the median, the whiskers reach to the first and the last, and each dot is the mean of one criterion. A wide box means that the criteria, or the trainings, disagree about when to stop. Boxes at the right end were still getting better: more steps might help. The longest took ${formatDuration(slowest)}.</figcaption></figure>`;
}

const width = 338; // with the margins as wide as a phone
const rowHeight = 38;
const boxAt = 8; // below the name of the row

function drawBoxes(
  rows: readonly { name: string; arrivals: readonly Arrival[] }[],
  value: (arrival: Arrival) => number,
  title: string,
): Promise<Html> {
  const boxes = rows.flatMap(({ arrivals }, row) => {
    const box = boxOf(arrivals.map(value));
    return box ? [{ row, ...box }] : [];
  });
  const dots = rows.flatMap(({ arrivals }, row) =>
    [...new Set(arrivals.map(({ criterion }) => criterion))].flatMap((criterion) => {
      const mean = summarise(arrivals.filter((arrival) => arrival.criterion === criterion).map(value))?.mean;
      return mean === undefined ? [] : [{ row, value: mean }];
    }),
  );
  const highest = Math.max(...boxes.map(({ high }) => high));
  const x = (field: string) => ({ field, type: "quantitative" as const });
  return drawChart(
    {
      width,
      height: rowHeight * rows.length,
      encoding: {
        y: { field: "row", type: "ordinal", scale: { domain: rows.map((_, row) => row) }, axis: null },
      },
      layer: [
        {
          data: { values: rows.map(({ name }, row) => ({ row, text: shorten(name) })) },
          mark: { type: "text", align: "left", baseline: "top", dy: -rowHeight / 2 + 2, fontSize: 12 },
          encoding: { x: { value: 2 }, text: { field: "text" } },
        },
        {
          data: { values: boxes },
          mark: { type: "rule", stroke: colours.muted, strokeWidth: 1, yOffset: boxAt },
          encoding: {
            x: {
              ...x("low"),
              scale: { domain: [0, highest], nice: false, padding: 6 },
              axis: { orient: "top", title, tickCount: 5, domain: false, ticks: false, grid: false, format: "~s" },
            },
            x2: { field: "high" },
          },
        },
        {
          data: { values: boxes },
          mark: {
            type: "bar",
            height: 12,
            fill: colours.accent,
            fillOpacity: 0.25,
            stroke: colours.accent,
            yOffset: boxAt,
          },
          encoding: { x: x("lower"), x2: { field: "upper" } },
        },
        {
          data: { values: boxes },
          mark: { type: "tick", thickness: 2, size: 12, color: colours.ink, orient: "vertical", yOffset: boxAt },
          encoding: { x: x("median") },
        },
        {
          data: { values: dots },
          mark: { type: "point", filled: true, size: 14, fill: colours.ink, opacity: 0.6, yOffset: boxAt },
          encoding: { x: x("value") },
        },
      ],
    },
    { left: 10, right: 10, top: 40, bottom: 4 },
    escapeHtml(
      `${title} until the best validation value, by network: medians ${boxes.map(({ row, median }) => `${rows[row]?.name} ${Number(median.toPrecision(3))}`).join(", ")}.`,
    ),
  );
}

function timesTable(results: Results, networks: readonly MethodResult[], criteria: readonly string[]): Html {
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
    })}<td>${total ? formatDuration(total.mean) : "none finished"}<small>${plural(runs.length, "training")}</small></td></tr>`;
  });
  return html`<figure>${scroll(
    "Time to the best value",
    html`<table class="plain"><thead><tr><th scope="col">Network</th>${criteria.map(
      (criterion) => html`<th scope="col">${metricLabel(metricOf(results, criterion))}</th>`,
    )}<th scope="col">Whole training</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}
<figcaption>Mean training time until the best validation value, and the mean step at which it was reached. It shows how soon a training could have stopped on this device.</figcaption></figure>`;
}
