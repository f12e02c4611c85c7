import { bestOf, type Evaluation, type MethodStatistics } from "@em-stellar/core";
import { type Html, html, trusted } from "../html.js";
import { formatLevel, statisticsOf } from "../intervals.js";
import { plainLabel, positiveClass, rankingLabel } from "../metrics.js";
import type { Section } from "../section.js";
import { groupMeasures, type MeasureGroup } from "./measures.js";

/** Four decimals, as tables of papers have, for what lies between -10 and 10; four significant digits beyond. */
export function formatDigits(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(4) : value.toPrecision(4);
}

interface Cell {
  readonly value: number | undefined;
  readonly statistics: MethodStatistics | undefined;
  /** Images on which the score is not defined. */
  readonly undefinedImages: number;
}

/** Every score with its interval: one table for each theme, methods in the order of the ranking. */
export function scoresSection(evaluation: Evaluation): Section {
  const groups = groupMeasures(evaluation);
  const { statistics, methods } = evaluation;
  const hasIntervals = Object.values(statistics?.metrics ?? {}).some((metric) =>
    metric.methods.some(({ interval }) => interval),
  );
  return {
    id: "ranking",
    title: "Ranking",
    body: html`${groups.map((group, i) => html`<h3>${group.title}</h3>${group.note && html`<p class="choice">${group.note}</p>`}${table(evaluation, group, i === 0)}`)}
<p class="caption">Methods stand in the order of ${rankingLabel(evaluation)}. Scores are pooled over all images, and a pixel is called object above ${evaluation.options.threshold}, except for measures that need no threshold. ${
      hasIntervals &&
      statistics &&
      html`The bar under a number is its ${formatLevel(statistics.level)} confidence interval over ${statistics.units.kind}${trusted(bar("example", 20, 80, 55))}, the tick the number itself; where it says “mean of images”, a score cannot be put together again from those of its images, and bar and tick are of their mean. All bars of a column share the axis printed under its name. The interval says how much other images of the same kind would change the score; with few images it is too short. `
    }The best number of each column is bold${
      methods.length > 1 &&
      ", and so is every number that a paired test over images cannot tell from it, where there are images enough to tell"
    }. Select a column’s name to sort by it.</p>`,
  };
}

function table(evaluation: Evaluation, group: MeasureGroup, isFirst: boolean): Html {
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
      (formatDigits(value) === formatDigits(best) || (known?.decidable && statistics?.comparison?.better === null));
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
      axis &&
      html`<small class="axis"><span>${formatDigits(axis[0])}</span><span>${formatDigits(axis[1])}</span></small>`
    }</th>`;
  });
  const rows = methods.map(
    ({ name }, row) =>
      html`<tr><td class="rank">${isFirst ? row + 1 : ""}</td><th scope="row">${name}</th>${columns.map(
        ({ cells, axis, isBold, ofMean }) => {
          const cell = cells[row] as Cell; // one for each method
          return cellMarkup(cell, axis, { bold: isBold(cell) === true, ofMean, images: evaluation.data.images.length });
        },
      )}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Scores"><table class="ranking compact" data-in-order><thead><tr><th scope="col" class="rank">${isFirst && "#"}</th><th scope="col">Method</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function cellMarkup(
  { value, statistics, undefinedImages }: Cell,
  axis: readonly [number, number] | undefined,
  { bold, ofMean, images }: { readonly bold: boolean; readonly ofMean: boolean; readonly images: number },
): Html {
  if (value === undefined || !axis) return html`<td data-mean="" class="none">not defined</td>`;
  const text = formatDigits(value);
  const { interval = null, estimate = null, reason } = statistics ?? {};
  const at = (place: number) => (axis[1] === axis[0] ? 50 : ((place - axis[0]) / (axis[1] - axis[0])) * 100);
  const tick = ofMean && interval && estimate !== null ? estimate : value;
  const { low, high } = interval ?? { low: tick, high: tick };
  const title = interval
    ? `${ofMean ? `mean of images ${formatDigits(tick)}, ` : ""}${formatDigits(low)} to ${formatDigits(high)}`
    : reason;
  return html`<td data-mean="${value}"${title !== undefined && html` title="${title}"`}>${bold ? html`<b>${text}</b>` : text}${trusted(bar("", at(low), at(high), at(tick)))}${undefinedImages > 0 && html`<small>defined on ${images - undefinedImages} of ${images} images</small>`}</td>`;
}

/** A line from `low` to `high` with a tick, in percent of the axis. */
function bar(name: string, low: number, high: number, tick: number): string {
  const [from, to, mark] = [low, high, tick].map((value) => value.toFixed(1));
  return `<svg class="bar ${name}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><line class="rail" x1="0" x2="100" y1="5" y2="5"/><line class="range" x1="${from}" x2="${to}" y1="5" y2="5"/><line class="tick" x1="${mark}" x2="${mark}" y1="0" y2="10"/></svg>`;
}
