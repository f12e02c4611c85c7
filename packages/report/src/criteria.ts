import type { Results } from "@em-stellar/core";
import { formatScore } from "./format.js";
import { html } from "./html.js";
import { metricLabel, metricOf, rankingLabel } from "./metrics.js";
import { type Section, scroll } from "./section.js";

/** How well validation scores predict the test score; undefined for results that do not say. */
export function criteriaSection(results: Results): Section | undefined {
  const criteria = results.statistics?.criteria ?? [];
  if (criteria.length < 2) return undefined;
  const label = (id: string) => metricLabel(metricOf(results, id));
  const level = Math.round(100 * (results.statistics?.level ?? 0.95));
  const isChosen = criteria.some(({ chosen }) => chosen !== undefined);
  return {
    id: "criteria",
    title: "Validation",
    heading: "Which validation score predicts the test score",
    body: html`${scroll(
      "Criteria",
      html`<table class="plain"><thead><tr><th scope="col">On validation images</th><th scope="col">Rank correlation</th><th scope="col">${level} % interval</th><th scope="col">Trainings</th>${isChosen && html`<th scope="col">Test score of the chosen weights</th>`}</tr></thead><tbody>${criteria.map(
        ({ criterion, correlation, interval, runs, chosen }) =>
          html`<tr><th scope="row">${label(criterion)}</th><td>${correlation === null ? "–" : correlation.toFixed(2)}</td><td>${interval ? `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}` : "–"}</td><td>${runs}</td>${isChosen && html`<td>${chosen === undefined ? "–" : formatScore(chosen)}</td>`}</tr>`,
      )}</tbody></table>`,
    )}<p class="caption">Spearman’s rank correlation of each score on validation images with ${rankingLabel(results)} on test images, over the trainings of all networks: 1 means that the order on validation images equals the order on test images, and 0 that one says nothing about the other. Folds share training images, so the intervals are somewhat too short.${isChosen && " The last column is the mean test score of the weights that are best by this score."}</p>`,
  };
}
