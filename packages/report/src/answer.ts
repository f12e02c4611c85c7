import {
  beatsFloor,
  bestClassifier,
  bestFirst,
  bestFloor,
  compareScores,
  finishedRuns,
  goalOf,
  isBaseline,
  type MethodResult,
  type MethodScore,
  type RankedMethod,
  type Results,
  type Statistics,
} from "@em-stellar/core";
import { formatCount, formatRange, formatScore, plural } from "./format.js";
import { type Content, type Html, html, listed } from "./html.js";
import { intervalText, withNames } from "./intervals.js";
import { rankingLabel } from "./metrics.js";
import { repeats } from "./scores.js";

/** What the page says first: the answer, then what limits it. */
export interface Answer {
  readonly lead: Html;
  readonly limits: readonly Html[];
}

type Contender = RankedMethod<MethodResult> & { readonly score: MethodScore };

/** The sentences that answer "which method is best on these images, and how sure is that", from the numbers alone. */
export function answerOf(results: Results, ranked: readonly RankedMethod<MethodResult>[]): Answer {
  const scored = ranked.filter((entry): entry is Contender => entry.score !== undefined);
  const contenders = scored.filter(({ method }) => !isBaseline(method));
  const floor = bestFloor(scored);
  const [first] = contenders;
  if (!first) {
    return {
      lead: html`On ${settingOf(results)}, no network came to a score by ${rankingLabel(results)}, so there is no ranking.`,
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
      verdict(results, scored),
      retraining(results, contenders, first),
      floors(results, contenders, floor),
      classifiers(results, contenders, bestClassifier(scored)),
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
  const label = rankingLabel(results);
  const value = formatScore(first.score.mean);
  if (floor && !beatsFloor(goalOf(results, results.rankedBy), first.score, floor.score)) {
    return html`On ${settingOf(results)}, no network beats the floors by ${label}: the best of them, ${nameOf(first)}, reaches <span class="figure">${value}</span>, and ${nameOf(floor)}, which is only a floor, <span class="figure">${formatScore(floor.score.mean)}</span>. There is no winner.`;
  }
  const level = contenders.filter(({ score }) => formatScore(score.mean) === value);
  if (level.length > 1) {
    return html`On ${settingOf(results)}, ${listed(level.map(nameOf))} share the first place by ${label}, each with <span class="figure">${value}</span>.`;
  }
  const best = isUndecided(results)
    ? `has the ${goalOf(results, results.rankedBy) === "maximize" ? "highest" : "lowest"} ${label}`
    : `ranks first by ${label}`;
  return html`On ${settingOf(results)}, ${nameOf(first)} ${best}: <span class="figure">${value}</span>${certainty(results, first)}.`;
}

/** ` in the mean over 12 runs (95 % interval 0.890–0.931)`. */
function certainty(results: Results, { method, score }: Contender): string {
  const runs = score.values.length;
  const interval = intervalText(results, results.rankedBy, method.name);
  if (runs > 1) return ` in the mean over ${runs} trainings${interval ? ` (${interval})` : ""}`;
  const origin = method.kind === "ensemble" ? "one result, made of several networks" : "one training";
  return ` (${origin}${interval ? `; ${interval}` : ""})`;
}

/** Where an ensemble is first: the best network on its own. */
function bestNetwork(results: Results, contenders: readonly Contender[], first: Contender): Html | undefined {
  const network = contenders.find(({ method }) => method.kind === "network");
  if (!network || first.method.kind === "network") return undefined;
  return html`The best single network is ${nameOf(network)}: ${rankingLabel(results)} ${formatScore(network.score.mean)}${certainty(results, network)}.`;
}

/** Which of the others may be as good as the first, as the statistics of the run have found. */
function verdict(results: Results, scored: readonly Contender[]): Html {
  if (!results.statistics) {
    return html`These results have no statistics, so it is not known which methods differ.`;
  }
  return significance(
    results.statistics,
    scored.map(({ method }) => method.name),
  );
}

/** The statistics' sentence, and folded away the test behind it with its numbers. */
export function significance({ sentence, detail }: Statistics, names: readonly string[]): Html {
  return html`${withNames(sentence, names)}${detail !== undefined && html`<details><summary>The test behind this</summary><p>${withNames(detail, names)}</p></details>`}`;
}

/** Whether there are too few images to tell any method from the leader. */
export function isUndecided({ statistics, rankedBy }: Pick<Results, "statistics" | "rankedBy">): boolean {
  return statistics !== undefined && statistics.metrics[rankedBy]?.decidable !== true;
}

/** The comparisons are about the models that were trained; says where another training could turn them round. */
function retraining(results: Results, contenders: readonly Contender[], first: Contender): Html | undefined {
  const networks = contenders.filter(({ method }) => method.kind === "network");
  if (networks.length < 2) return undefined;
  if (networks.every(({ score }) => score.values.length === 1)) {
    return html`Each network was trained once. So it is not known how much another fold or another random start would change, and the order may be due to chance.`;
  }
  const goal = goalOf(results, results.rankedBy);
  const ends = ({ low, high }: MethodScore) => bestFirst(goal, [low, high], (end) => end);
  const [, worstOfFirst] = ends(first.score);
  const reaching = networks.filter(
    (network) => network !== first && compareScores(goal, ends(network.score)[0], worstOfFirst) <= 0,
  );
  if (reaching.length === 0 || first.score.values.length === 1) return undefined;
  return html`Single trainings of ${listed(reaching.map(nameOf))} do as well as single trainings of ${nameOf(first)} (lowest to highest ${formatRange(first.score.low, first.score.high)}). If they were trained again, the order might differ.`;
}

function floors(results: Results, contenders: readonly Contender[], floor: Contender | undefined): Html | undefined {
  if (!floor) return html`No floor was run, so it is not known whether the networks have learnt more than a threshold.`;
  const goal = goalOf(results, results.rankedBy);
  const losers = contenders.filter(({ score }) => !beatsFloor(goal, score, floor.score));
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

/** Which methods are not above the best classifier; undefined without classifiers. */
function classifiers(
  results: Results,
  contenders: readonly Contender[],
  classifier: Contender | undefined,
): Html | undefined {
  if (!classifier) return undefined;
  const goal = goalOf(results, results.rankedBy);
  const below = contenders.filter(({ score }) => !beatsFloor(goal, score, classifier.score));
  const reference = html`the best classifier without a network, ${nameOf(classifier)} at ${formatScore(classifier.score.mean)}`;
  if (below.length === 0) {
    return contenders.length === 1 ? html`It does better than ${reference}.` : html`All do better than ${reference}.`;
  }
  if (below.length === contenders.length) return html`No network does better than ${reference}.`;
  return html`${listed(below.map(nameOf))} ${below.length === 1 ? "does" : "do"} no better than ${reference}.`;
}

function failures(results: Results): Html | undefined {
  const runs = results.methods.flatMap((method) => method.runs);
  const failed = runs.length - results.methods.flatMap(finishedRuns).length;
  if (failed === 0) return undefined;
  return html`${failed} of ${formatCount(runs.length)} trainings failed and ${failed === 1 ? "is" : "are"} left out of every number; see the warnings.`;
}

/** `cardiac (16 training and 4 test images; 4 folds × 3 seeds)`. */
function settingOf(results: Results): Content {
  const { folds, seeds } = repeats(results);
  return html`<em>${results.suite}</em> (${formatCount(results.data.train)} training and ${plural(results.data.test, "test image")}; ${plural(folds, "fold")} × ${plural(seeds, "seed")})`;
}

function nameOf({ method }: Contender): Html {
  return html`<b>${method.name}</b>`;
}
