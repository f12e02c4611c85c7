import type { Evaluation } from "@em-stellar/core";
import { type Answer, isUndecided, significance } from "../answer.js";
import { formatCount, formatScore, plural } from "../format.js";
import { type Html, html, listed } from "../html.js";
import { intervalText } from "../intervals.js";
import { metricOf, positiveClass, rankingLabel } from "../metrics.js";

/** What the page of an evaluation says first: which method is best, how sure that is, and what was not looked at. */
export function evaluationAnswer(evaluation: Evaluation): Answer {
  const { methods, rankedBy, metrics, statistics, data } = evaluation;
  const label = labelOf(evaluation);
  const images = html`<em>${plural(data.images.length, "image")}</em>`;
  const scored = methods.flatMap(({ name, pooled }) => {
    const value = pooled[rankedBy] ?? undefined;
    return value === undefined ? [] : [{ name, value }];
  });
  const [first] = scored;
  const limits = [
    methods.length > 1 && statistics
      ? significance(
          statistics,
          methods.map(({ name }) => name),
        )
      : undefined,
    html`The predictions were made elsewhere, so it is not known whether methods were trained on these images. Scores on images that a method was trained on say little about new images.`,
  ].filter((limit) => limit !== undefined);
  if (!first || !metrics.some(({ id }) => id === rankedBy)) {
    return { lead: html`On ${images}, no method has a score by ${label}, so there is no ranking.`, limits };
  }
  const value = formatScore(first.value);
  const level = scored.filter((other) => formatScore(other.value) === value);
  const figure = html`<span class="figure">${value}</span>${interval(evaluation, first.name)}`;
  if (methods.length === 1) {
    return { lead: html`On ${images}, <b>${first.name}</b> reaches a ${label} of ${figure}.`, limits };
  }
  const lead =
    level.length > 1
      ? html`On ${images}, ${listed(level.map(({ name }) => html`<b>${name}</b>`))} share the first place by ${label}, each with <span class="figure">${value}</span>.`
      : html`On ${images}, <b>${first.name}</b> ${isUndecided(evaluation) ? html`has the ${metricOf(evaluation, rankedBy).goal === "maximize" ? "highest" : "lowest"} ${label} of ${formatCount(methods.length)} methods` : html`ranks first of ${formatCount(methods.length)} by ${label}`}: ${figure}.`;
  return { lead, limits };
}

function labelOf(evaluation: Evaluation): string {
  const { rankedBy } = evaluation;
  const positive = positiveClass(metricOf(evaluation, rankedBy));
  const label = rankingLabel(evaluation);
  return positive !== undefined && !rankedBy.includes(":") ? `${label} of the ${positive}` : label;
}

function interval(evaluation: Evaluation, method: string): Html | undefined {
  const text = intervalText(evaluation, evaluation.rankedBy, method);
  return text === undefined ? undefined : html` (${text})`;
}
