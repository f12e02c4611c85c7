import type { Results } from "@em-stellar/core";
import { formatCount, formatRange, formatScore, plural } from "./format.js";
import { type Content, type Html, html, listed } from "./html.js";
import { compareScores, metricLabel, metricOf } from "./metrics.js";
import { finishedRuns, isFloor, type RankedMethod, repeats, type Score } from "./scores.js";

/** What the page says first: the answer, then what limits it. */
export interface Answer {
  readonly lead: Html;
  readonly limits: readonly Html[];
}

type Contender = RankedMethod & { readonly score: Score };

/** Below this many test images even a method that wins on each of them may have won by luck (1 in 20 or more). */
export const enoughTestImages = 6;

/** The sentences that answer "which method is best on these images, and how sure is that", from the numbers alone. */
export function answerOf(results: Results, ranked: readonly RankedMethod[]): Answer {
  const scored = ranked.filter((entry): entry is Contender => entry.score !== undefined);
  const contenders = scored.filter(({ method }) => !isFloor(method));
  const floor = scored.find(({ method }) => isFloor(method));
  const [first] = contenders;
  if (!first) {
    return {
      lead: html`On ${settingOf(results)}, no network came to a score by ${metricLabel(results.rankedBy)}, so there is no ranking.`,
      limits: [
        floor && html`The best floor is ${nameOf(floor)}, ${formatScore(floor.score.mean)}.`,
        failures(results),
      ].filter((limit) => limit !== undefined),
    };
  }
  return {
    lead: lead(results, contenders, first, floor),
    limits: [
      bestNetwork(results, contenders, first),
      distinction(results, contenders, first),
      fewImages(results, contenders.length),
      floors(results, contenders, floor),
      failures(results),
    ].filter((limit) => limit !== undefined),
  };
}

function lead(
  results: Results,
  contenders: readonly Contender[],
  first: Contender,
  floor: Contender | undefined,
): Html {
  const metric = metricOf(results, results.rankedBy);
  const label = metricLabel(metric.id);
  const value = formatScore(first.score.mean);
  if (floor && compareScores(metric, first.score.mean, floor.score.mean) <= 0) {
    return html`On ${settingOf(results)}, no network beats the floors by ${label}: the best of them, ${nameOf(first)}, reaches <span class="figure">${value}</span>, and ${nameOf(floor)}, which is only a floor, <span class="figure">${formatScore(floor.score.mean)}</span>. There is no winner.`;
  }
  const level = contenders.filter(({ score }) => formatScore(score.mean) === value);
  if (level.length > 1) {
    return html`On ${settingOf(results)}, ${listed(level.map(nameOf))} share the first place by ${label}, each with <span class="figure">${value}</span>.`;
  }
  return html`On ${settingOf(results)}, ${nameOf(first)} ranks first by ${label}: <span class="figure">${value}</span>${spread(first)}.`;
}

function spread({ method, score }: Contender): Html {
  const runs = score.values.length;
  if (runs === 1) return method.kind === "ensemble" ? html` (one result, made of several networks)` : html` (one run)`;
  return html` in the mean over ${runs} runs (lowest to highest run ${formatRange(score.low, score.high)})`;
}

/** Where an ensemble is first: the best network on its own. */
function bestNetwork(results: Results, contenders: readonly Contender[], first: Contender): Html | undefined {
  const network = contenders.find(({ method }) => method.kind === "network");
  if (!network || first.method.kind === "network") return undefined;
  return html`The best single network is ${nameOf(network)}: ${metricLabel(results.rankedBy)} ${formatScore(network.score.mean)}${spread(network)}.`;
}

/** Which of the others may be as good as the first, as far as the spread of runs can tell. */
function distinction(results: Results, contenders: readonly Contender[], first: Contender): Html | undefined {
  const metric = metricOf(results, results.rankedBy);
  const others = contenders.filter((other) => other !== first);
  if (others.length === 0) return html`No other method has a score, so there is nothing to compare it with.`;
  const networks = contenders.filter(({ method }) => method.kind === "network");
  if (networks.every(({ score }) => score.values.length === 1)) {
    return html`Each network has one run, so how much another fold or another random start would change is not known, and the order may be chance.`;
  }
  const [worstOfFirst, bestOf] =
    metric.goal === "maximize"
      ? [first.score.low, (score: Score) => score.high]
      : [first.score.high, (score: Score) => score.low];
  const close = others.filter(({ score }) => compareScores(metric, bestOf(score), worstOfFirst) >= 0);
  if (close.length > 0) {
    const everything = close.length === others.length && close.length > 4;
    const who = everything
      ? html`None of the other networks and ensembles can`
      : html`${listed(close.map(nameOf))} cannot`;
    const one = close.length === 1;
    return first.score.values.length === 1
      ? html`${who} be told apart from it: ${one ? "it has runs" : "they have runs"} that do as well.`
      : html`${who} be told apart from it: ${one ? "its" : "their"} runs reach into the range of ${nameOf(first)}.`;
  }
  const next = others[0] as Contender; // others is not empty here
  const word = metric.goal === "maximize" ? "above" : "below";
  if (first.score.values.length === 1) {
    return html`It lies ${word} every run of every other method; the nearest is ${nameOf(next)}, ${formatRange(next.score.low, next.score.high)}. How much it would vary itself is not known from one result.`;
  }
  return html`Even its least good run (${formatScore(worstOfFirst)}) lies ${word} every run of every other method; the nearest is ${nameOf(next)}, ${formatRange(next.score.low, next.score.high)}.`;
}

/** Says how often luck alone would make one of two equal methods win on every test image: 2 / 2^n. */
function fewImages(results: Results, contenders: number): Html | undefined {
  const images = results.data.test;
  if (images >= enoughTestImages || contenders < 2) return undefined;
  if (images === 1) return html`One test image says nothing about how the order would be on other images.`;
  return html`With ${images} test images the order is not firm: of two methods that are equally good, one would beat the other on all ${images} images in 1 of ${2 ** (images - 1)} such comparisons, by luck alone.`;
}

function floors(results: Results, contenders: readonly Contender[], floor: Contender | undefined): Html | undefined {
  if (!floor)
    return html`No floor was run, so whether the networks have learnt more than a threshold knows could not be determined.`;
  const metric = metricOf(results, results.rankedBy);
  const losers = contenders.filter(({ score }) => compareScores(metric, score.mean, floor.score.mean) <= 0);
  const reference = html`the best floor, ${nameOf(floor)} at ${formatScore(floor.score.mean)}`;
  if (losers.length === 0) {
    const kinds = contenders.some(({ method }) => method.kind === "ensemble")
      ? "networks and ensembles beat"
      : "networks beat";
    return contenders.length === 1 ? html`It beats ${reference}.` : html`All ${kinds} ${reference}.`;
  }
  if (losers.length === contenders.length) return undefined; // the lead has said it
  return html`${listed(losers.map(nameOf))} ${losers.length === 1 ? "does" : "do"} not beat ${reference}.`;
}

function failures(results: Results): Html | undefined {
  const runs = results.methods.flatMap((method) => method.runs);
  const failed = runs.length - results.methods.flatMap(finishedRuns).length;
  if (failed === 0) return undefined;
  return html`${failed} of ${formatCount(runs.length)} runs failed and ${failed === 1 ? "is" : "are"} left out of every number; see the warnings.`;
}

/** `cardiac (16 training and 4 test images; 4 folds × 3 seeds)`. */
function settingOf(results: Results): Content {
  const { folds, seeds } = repeats(results);
  return html`<em>${results.suite}</em> (${formatCount(results.data.train)} training and ${plural(results.data.test, "test image")}; ${plural(folds, "fold")} × ${plural(seeds, "seed")})`;
}

function nameOf({ method }: RankedMethod): Html {
  return html`<b>${method.name}</b>`;
}
