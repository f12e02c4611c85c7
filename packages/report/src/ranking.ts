import {
  bestFirst,
  bestOf,
  chosenRun,
  compareMethodScores,
  goalOf,
  isBaseline,
  type MethodResult,
  type MethodScore,
  type MethodStatistics,
  type MetricRecord,
  type MetricStatistics,
  methodScore,
  type RankedMethod,
  type Results,
} from "@em-stellar/core";
import { isUndecided } from "./answer.js";
import { baselineName, baselineNames } from "./baselines.js";
import { formatParameters, formatRange, formatScore, formatTick, plural } from "./format.js";
import { type Content, type Html, html, trusted } from "./html.js";
import { formatLevel, intervalText, statisticsOf } from "./intervals.js";
import { metricLabel, positiveClass, rankingLabel } from "./metrics.js";
import { imagesWithScore, repeats } from "./scores.js";
import { type Section, scroll } from "./section.js";
import { scoreTableStyle } from "./style/score-table-style.js";

/** The two readings of a cell: the mean over runs, and the run that did best on its validation images. */
type Reading = "mean" | "best";

interface Cell {
  readonly score: MethodScore | undefined;
  /** The value of the chosen run. */
  readonly chosen: number | undefined;
  readonly statistics: MethodStatistics | undefined;
  /** On how many images the score is defined. */
  readonly images: ReturnType<typeof imagesWithScore>;
}

interface Column {
  readonly metric: MetricRecord;
  readonly cells: readonly Cell[];
  readonly statistics: MetricStatistics | undefined;
  /** Ends of the common axis of the column's bars. */
  readonly axis: readonly [low: number, high: number] | undefined;
  /** What the best cell prints, by each reading. */
  readonly best: Record<Reading, string | undefined>;
}

/** The ranking: one row a method, one column a metric, floors below a rule. */
export function rankingSection(results: Results, ranked: readonly RankedMethod<MethodResult>[]): Section {
  const columns = columnsOf(results, ranked);
  const places = placesByChosenRun(results, ranked);
  const label = rankingLabel(results);
  const { folds, seeds } = repeats(results);
  const rows = ranked.map((entry, row) => ({
    floor: isBaseline(entry.method),
    markup: html`<tr><td class="rank">${
      entry.rank === undefined
        ? ""
        : html`<span class="mean">${entry.rank}</span><span class="best">${places.get(entry.method.name) ?? "–"}</span>`
    }</td><th scope="row">${entry.method.name}<small>${about(results, entry)}</small></th>${columns.map((column) => cell(results, column, row))}</tr>`,
  }));
  const contenders = rows.filter(({ floor }) => !floor).map(({ markup }) => markup);
  const floors = rows.filter(({ floor }) => floor).map(({ markup }) => markup);
  const span = columns.length + 1;
  const named = commonClass(results);
  const uncertain = isUndecided(results);
  return {
    id: "ranking",
    title: "Ranking",
    style: scoreTableStyle,
    body: html`<input type="radio" class="reading" name="reading" id="reading-mean" checked><input type="radio" class="reading" name="reading" id="reading-best">
<div class="switch"><label for="reading-mean">Mean over trainings</label><label for="reading-best">Best fold (as in the paper)</label></div>
<p class="choice mean">The table shows the <b>mean over the finished trainings</b> of a method: ${plural(folds, "fold")} × ${plural(seeds, "seed")}; floors and classifiers are fitted once a fold, ensembles once.</p>
<p class="choice best">The table shows the <b>best fold</b>, as the paper reports: of each method the one training that did best on its validation images by ${label}. It says nothing about the spread, and folds with easy validation images win it more easily.</p>
${scroll(
  "Ranking",
  html`<table class="scores"><thead><tr><th scope="col" class="rank">#</th><th scope="col">Method</th>${columns.map((column) => heading(column, named))}</tr></thead>
<tbody>${contenders}</tbody>${floors.length > 0 && html`<tbody class="floors"><tr class="divider"><td class="rank"></td><td colspan="${span}"><span>${baselineHeading(ranked)}</span></td></tr>${floors}</tbody>`}</table>`,
)}
<p class="caption">${uncertain && html`The numbers at the left only give the order of the scores: ${unitsOf(results)} cannot show which methods are really better. `}${boldSentence(results)} Select a column’s name to sort by it.</p>
<details><summary>How to read this table</summary>
<p class="caption">Scores are pooled over all pixels of all test images. ${barSentence(results, !uncertain)} All bars of a column share the axis printed under its name. The axis spans networks and ensembles, so floors and classifiers may be beyond its end (‹ ›). ${classSentence(results)}</p></details>`,
  };
}

/** `6 test images`. */
function unitsOf({ statistics, data }: Results): string {
  const { kind, count } = statistics?.units ?? { kind: "images", count: data.test };
  return kind === "images"
    ? plural(count, "test image")
    : plural(count, "group of test images", "groups of test images");
}

function columnsOf(results: Results, ranked: readonly RankedMethod<MethodResult>[]): Column[] {
  const ordered = [...results.metrics].sort(
    (a, b) => Number(b.id === results.rankedBy) - Number(a.id === results.rankedBy),
  );
  return ordered.map((metric) => {
    const cells = ranked.map(({ method }) => ({
      score: methodScore(method, metric.id),
      chosen: chosenRun(method, results)?.pooled[metric.id] ?? undefined,
      statistics: statisticsOf(results, metric.id, method.name),
      images: imagesWithScore(method, metric.id),
    }));
    const contenders = cells.filter((_, i) => !isBaseline((ranked[i] as RankedMethod).method));
    const axis = axisOf(contenders) ?? axisOf(cells);
    return { metric, cells, statistics: results.statistics?.metrics[metric.id], axis, best: bestTexts(metric, cells) };
  });
}

/** From the lowest to the highest end of any bar: of intervals, and of the runs that the other reading shows. */
function axisOf(cells: readonly Cell[]): Column["axis"] {
  const ends = cells.flatMap(({ score, statistics }) => [
    ...(score ? [score.low, score.high] : []),
    ...(statistics?.interval ? [statistics.interval.low, statistics.interval.high] : []),
  ]);
  return ends.length === 0 ? undefined : [Math.min(...ends), Math.max(...ends)];
}

function bestTexts(metric: MetricRecord, cells: readonly Cell[]): Column["best"] {
  const [first] = cells.flatMap(({ score }) => score ?? []).sort((a, b) => compareMethodScores(metric.goal, a, b));
  const chosen = bestOf(metric.goal, cells, (cell) => cell.chosen)?.chosen;
  return { mean: first && formatScore(first.mean), best: chosen === undefined ? undefined : formatScore(chosen) };
}

function placesByChosenRun(results: Results, ranked: readonly RankedMethod<MethodResult>[]): Map<string, number> {
  const values = ranked
    .filter(({ method }) => !isBaseline(method))
    .map(({ method }) => ({
      name: method.name,
      value: chosenRun(method, results)?.pooled[results.rankedBy] ?? undefined,
    }))
    .filter(({ value }) => value !== undefined);
  const order = bestFirst(goalOf(results, results.rankedBy), values, ({ value }) => value);
  return new Map(order.map(({ name }, i) => [name, i + 1]));
}

/** The head of a column; `named` is the positive class that the caption names for all. */
function heading({ metric, axis, statistics }: Column, named: string | undefined): Html {
  const positive = positiveClass(metric) === named ? undefined : positiveClass(metric);
  const notes: Content[] = [
    positive && html`<small>${positive} positive</small>`,
    metric.goal === "minimize" && html`<small>lower is better</small>`,
    metric.words?.unit && html`<small>in ${metric.words.unit}</small>`,
    statistics?.resampled === "mean over units" && html`<small>bar: mean of images</small>`,
  ];
  return html`<th scope="col" data-goal="${metric.goal}"><button type="button">${metricLabel(metric)}</button>${notes}${
    axis && html`<small class="axis"><span>${formatTick(axis[0])}</span><span>${formatTick(axis[1])}</span></small>`
  }</th>`;
}

function cell(results: Results, { metric, cells, axis, best, statistics: ofColumn }: Column, row: number): Html {
  const { score, chosen, statistics, images } = cells[row] as Cell; // one for each method
  const share =
    score && score.undefinedRuns > 0 ? score.values.length / (score.values.length + score.undefinedRuns) : 1;
  const data = html` data-mean="${score?.mean ?? ""}"${share < 1 && html` data-share="${share}"`} data-best="${chosen ?? ""}"`;
  if (!score || !axis) return html`<td${data} class="none">not defined</td>`;
  const [low, high] = axis;
  const at = (value: number) => (high === low ? 50 : ((value - low) / (high - low)) * 100);
  const defined =
    score.undefinedRuns > 0 &&
    html`<small>in ${score.values.length} of ${score.values.length + score.undefinedRuns} trainings</small>`;
  const onImages =
    images && images.defined < images.of && html`<small>defined on ${images.defined} of ${images.of} images</small>`;
  const { interval = null, estimate = null, reason } = statistics ?? {};
  // An interval of the mean over images is drawn about that mean, which is not the number printed.
  const tick = interval && ofColumn?.resampled === "mean over units" ? (estimate ?? score.mean) : score.mean;
  const ends = interval ?? (results.statistics ? { low: tick, high: tick } : score);
  const runs = score.values.length;
  const title = [
    interval ? statistics && intervalText(results, metric.id, statistics.method) : reason && `no interval: ${reason}`,
    runs === 1 ? "one result" : `lowest to highest of ${runs} trainings ${formatRange(score.low, score.high)}`,
  ].filter((part) => part !== undefined);
  const asGood =
    formatScore(score.mean) === best.mean ||
    (ofColumn?.decidable === true && statistics?.comparison !== undefined && statistics.comparison.better !== "leader");
  return html`<td${data} title="${title.join("; ")}"><span class="mean">${number(score.mean, asGood)}${trusted(bar("mean", at(ends.low), at(ends.high), at(tick)))}</span><span class="best">${
    chosen === undefined
      ? html`<span class="none">not defined</span>`
      : html`${number(chosen, formatScore(chosen) === best.best)}${trusted(bar("best", at(score.low), at(score.high), at(chosen)))}`
  }</span>${defined}${onImages}</td>`;
}

function number(value: number, bold: boolean): Html {
  return bold ? html`<b>${formatScore(value)}</b>` : html`${formatScore(value)}`;
}

/** A line from `low` to `high` with a tick, in percent of the axis; an arrow where all of it lies off the axis. */
function bar(name: string, low: number, high: number, tick: number): string {
  const clamp = (value: number) => Math.min(100, Math.max(0, value)).toFixed(1);
  const off = high < 0 ? "left" : low > 100 ? "right" : undefined;
  const marks = off
    ? `<path class="off" d="${off === "left" ? "M5 1L1 5L5 9" : "M95 1L99 5L95 9"}"/>`
    : `<line class="range" x1="${clamp(low)}" x2="${clamp(high)}" y1="5" y2="5"/><line class="tick" x1="${clamp(tick)}" x2="${clamp(tick)}" y1="0" y2="10"/>`;
  return `<svg class="bar ${name}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><line class="rail" x1="0" x2="100" y1="5" y2="5"/>${marks}</svg>`;
}

/** What stands above the methods without a network. */
function baselineHeading(ranked: readonly RankedMethod<MethodResult>[]): string {
  const names = baselineNames(ranked.map(({ method }) => method));
  if (names === "floors") return "Floors: simple methods without a network. A network has to beat them to be useful.";
  const heading = `${names[0]?.toUpperCase()}${names.slice(1)}: methods without a network.`;
  return names === "classifiers" ? heading : `${heading} A network has to beat the floors to be useful.`;
}

function about(results: Results, { method, rank }: RankedMethod<MethodResult>): string {
  const parts: string[] = [isBaseline(method) ? baselineName(method) : method.kind];
  if (method.parameters) parts.push(`${formatParameters(method.parameters.trainable)} parameters`);
  const failed = method.runs.filter((run) => run.state === "failed").length;
  if (failed > 0) parts.push(`${failed} of ${method.runs.length} trainings failed`);
  const members = method.runs[0]?.members?.length;
  if (members) parts.push(`${members} members`);
  const place =
    rank === undefined || isUndecided(results) ? undefined : statisticsOf(results, results.rankedBy, method.name)?.rank;
  if (place && place.low < place.high) parts.push(`rank ${place.low}–${place.high} of all ${results.methods.length}`);
  return parts.join(" · ");
}

function barSentence(results: Results, ranked: boolean): Html {
  const example = trusted(bar("example", 20, 80, 55));
  const range = html`from the lowest to the highest training (folds × seeds): how much another training set and another random start change`;
  const { statistics } = results;
  if (!statistics) {
    return html`The tick is the number. The bar under it${example} reaches ${range}. These results have no statistics, so it is not known what other test images would change.`;
  }
  const { level, units } = statistics;
  const of = unitsOf(results);
  if (units.count < 2) return html`There are no confidence intervals: ${of} cannot show what others would change.`;
  const short =
    units.count < 20 &&
    "With so few, intervals are too short: of the 95 % intervals, about 80 % contain the true value with 4, 87 % with 8, 92 % with 20. ";
  const ofMeans = Object.values(statistics.metrics).some(({ resampled }) => resampled === "mean over units");
  return html`The tick is the number. <span class="mean">The bar under it${example} is its ${formatLevel(level)} confidence interval: how other test images of the same kind could change it, with these trained networks (bootstrap over ${of}). ${short}${
    ofMeans &&
    "At “mean of images”, the score cannot be computed from those of its images, so bar and tick show their mean. "
  }The other view shows what another training would change.</span><span class="best">The bar under it${example} reaches ${range}.</span>${
    ranked &&
    html` “Rank 1–3 of all 8” under a name: when the test images are resampled, the method has such a rank by ${rankingLabel(results)} among all methods, floors included, in ${formatLevel(level)} of the resamples.`
  }`;
}

function boldSentence(results: Results): Html | string {
  const { statistics } = results;
  return statistics && !isUndecided(results)
    ? html`The best number of each column is bold<span class="mean">, and so is every number that does not differ from it significantly in a paired test over ${statistics.units.kind}</span>.`
    : "The best number of each column is bold.";
}

/** The class that counts as positive in every metric that has one; undefined where they differ or none has. */
function commonClass({ metrics }: Results): string | undefined {
  const classes = new Set(metrics.map(positiveClass).filter((name) => name !== undefined));
  return classes.size === 1 ? [...classes][0] : undefined;
}

function classSentence(results: Results): string {
  const positive = commonClass(results);
  if (positive === undefined) return "";
  return positive === "background"
    ? "For scores with a positive class, this is the background, as in the paper’s tables except for Jaccard."
    : `For scores with a positive class, this is the ${positive}. In the paper’s tables it is the background, except for Jaccard, so do not compare numbers with them.`;
}
