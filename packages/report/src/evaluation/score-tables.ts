import { bestOf, type Evaluation, type MethodStatistics } from "@em-stellar/core";
import { formatScore, formatTick } from "../format.js";
import { type Html, html, listed, trusted } from "../html.js";
import { formatLevel, statisticsOf } from "../intervals.js";
import { plainLabel, positiveClass, rankingLabel } from "../metrics.js";
import { type Section, scroll } from "../section.js";
import { scoreTableStyle } from "../style/score-table-style.js";
import { groupMeasures, type MeasureGroup } from "./measures.js";

interface Cell {
  readonly value: number | undefined;
  readonly statistics: MethodStatistics | undefined;
  /** Images on which the score is not defined. */
  readonly undefinedImages: number;
}

/** Every score with its interval: one table for each theme, methods in the order of the ranking. */
export function scoresSection(evaluation: Evaluation, folder: string): Section {
  const groups = groupMeasures(evaluation);
  const { statistics, methods } = evaluation;
  const hasIntervals = Object.values(statistics?.metrics ?? {}).some((metric) =>
    metric.methods.some(({ interval }) => interval),
  );
  const caption = html`<p class="caption">Methods are in the order of ${rankingLabel(evaluation)}. The best number of each column is bold${
    methods.length > 1 &&
    ", and so is every number that does not differ from it significantly in a paired test over images, if there are enough images"
  }. Select a column’s name to sort by it. Scores of every image: <a href="${folder}/results.csv">results.csv</a> for a spreadsheet, <a href="${folder}/results.json">results.json</a>.</p>`;
  return {
    id: "ranking",
    title: "Ranking",
    style: scoreTableStyle,
    body: html`${groups.map((group, i) => {
      const scores = html`${group.note && html`<p class="choice">${group.note}</p>`}${table(evaluation, group)}`;
      if (i === 0) return html`<h3>${group.title}</h3>${scores}${caption}`;
      const labels = listed(group.metrics.map(plainLabel), group.metrics.length);
      return html`<details><summary>${group.title} (${labels})</summary>${scores}</details>`;
    })}
<details><summary>How to read these tables</summary><p class="caption">Scores are pooled over all images, and a pixel is object above ${evaluation.options.threshold}, except for measures that need no threshold. ${
      hasIntervals &&
      statistics &&
      html`The bar under a number is its ${formatLevel(statistics.level)} confidence interval over ${statistics.units.kind}${trusted(bar("example", 20, 80, 55))}, and the tick is the number itself. At “mean of images”, a score cannot be computed from those of its images, so bar and tick show their mean. All bars of a column share the axis printed under its name. The interval says how much other images of the same kind would change the score; with few images it is too short.`
    }</p></details>`,
  };
}

function table(evaluation: Evaluation, group: MeasureGroup): Html {
  const { methods, statistics } = evaluation;
  const columns = group.metrics.map((metric) => {
    const known = statistics?.metrics[metric.id];
    const cells = methods.map(
      ({ name, pooled, perImage }): Cell => ({
        value: pooled[metric.id] ?? undefined,
        undefinedImages: perImage.filter((row) => row[metric.id] === null).length,
        statistics: statisticsOf(evaluation, metric.id, name),
      }),
    );
    // Where a score cannot be pooled again from parts, the interval is one of the mean over images, and the bar is drawn around it.
    const ofMean = known?.resampled === "mean over units";
    const ends = cells.flatMap(({ value, statistics }) => [
      ...(value === undefined || (ofMean && statistics?.interval) ? [] : [value]),
      ...(statistics?.interval ? [statistics.interval.low, statistics.interval.high] : []),
    ]);
    const axis = ends.length > 0 ? ([Math.min(...ends), Math.max(...ends)] as const) : undefined;
    const best = bestOf(metric.goal, cells, ({ value }) => value)?.value;
    const isBold = ({ value, statistics }: Cell) =>
      value !== undefined &&
      best !== undefined &&
      (formatScore(value) === formatScore(best) || (known?.decidable && statistics?.comparison?.better === null));
    return { metric, cells, axis, isBold, ofMean };
  });
  const heads = columns.map(({ metric, axis, ofMean }) => {
    const named = positiveClass(metric);
    const positive = named === group.positive ? undefined : named;
    return html`<th scope="col" data-goal="${metric.goal}"><button type="button">${plainLabel(metric)}</button>${
      positive && html`<small>${positive} positive</small>`
    }${metric.goal === "minimize" && html`<small>lower is better</small>`}${
      metric.words?.unit && html`<small>in ${metric.words.unit}</small>`
    }${ofMean && html`<small>bar: mean of images</small>`}${
      axis && html`<small class="axis"><span>${formatTick(axis[0])}</span><span>${formatTick(axis[1])}</span></small>`
    }</th>`;
  });
  const rows = methods.map(
    ({ name }, row) =>
      html`<tr><td class="rank">${row + 1}</td><th scope="row">${name}</th>${columns.map(
        ({ cells, axis, isBold, ofMean }) => {
          const cell = cells[row] as Cell; // one for each method
          return cellMarkup(cell, axis, { bold: isBold(cell) === true, ofMean, images: evaluation.data.images.length });
        },
      )}</tr>`,
  );
  return scroll(
    group.title,
    html`<table class="scores compact" data-in-order><thead><tr><th scope="col" class="rank">#</th><th scope="col">Method</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function cellMarkup(
  { value, statistics, undefinedImages }: Cell,
  axis: readonly [number, number] | undefined,
  { bold, ofMean, images }: { readonly bold: boolean; readonly ofMean: boolean; readonly images: number },
): Html {
  if (value === undefined || !axis) return html`<td data-mean="" class="none">not defined</td>`;
  const text = formatScore(value);
  const { interval = null, estimate = null, reason } = statistics ?? {};
  const at = (place: number) => (axis[1] === axis[0] ? 50 : ((place - axis[0]) / (axis[1] - axis[0])) * 100);
  const tick = ofMean && interval && estimate !== null ? estimate : value;
  const { low, high } = interval ?? { low: tick, high: tick };
  const title = interval
    ? `${ofMean ? `mean of images ${formatScore(tick)}, ` : ""}${formatScore(low)} to ${formatScore(high)}`
    : reason;
  return html`<td data-mean="${value}"${title !== undefined && html` title="${title}"`}>${bold ? html`<b>${text}</b>` : text}${trusted(bar("", at(low), at(high), at(tick)))}${undefinedImages > 0 && html`<small>defined on ${images - undefinedImages} of ${images} images</small>`}</td>`;
}

/** A line from `low` to `high` with a tick, in percent of the axis. */
function bar(name: string, low: number, high: number, tick: number): string {
  const [from, to, mark] = [low, high, tick].map((value) => value.toFixed(1));
  return `<svg class="bar ${name}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><line class="rail" x1="0" x2="100" y1="5" y2="5"/><line class="range" x1="${from}" x2="${to}" y1="5" y2="5"/><line class="tick" x1="${mark}" x2="${mark}" y1="0" y2="10"/></svg>`;
}
