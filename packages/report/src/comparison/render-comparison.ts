import { bestOf, InputError, type MetricRecord } from "@em-stellar/core";
import { formatScore, plural } from "../format.js";
import { html } from "../html.js";
import { withNames } from "../intervals.js";
import { metricLabel } from "../metrics.js";
import { page } from "../page.js";
import { type Section, scroll } from "../section.js";
import type { ComparedMethod } from "./compared-method.js";
import { rankDiagram } from "./rank-diagram.js";

/** Methods over several data sets: what {@link renderComparison} draws. */
export interface MethodComparison {
  /** The metric that the scores are of. */
  readonly metric: MetricRecord;
  readonly dataSets: readonly { readonly name: string; readonly images: number }[];
  /** From the best mean rank to the worst. */
  readonly methods: readonly ComparedMethod[];
  /** Places in `methods`, first and last, of neighbours that do not differ significantly. */
  readonly cliques: readonly (readonly [first: number, last: number])[];
  /** Tests of every two methods. */
  readonly pairs: readonly {
    readonly names: readonly [string, string];
    readonly p: number;
    readonly adjusted: number;
  }[];
  /** What was found, in plain words. */
  readonly sentence: string;
  /** What limits it. */
  readonly notes: readonly string[];
  /** When the last of the runs was finished, ISO 8601. */
  readonly finished: string;
}

/** One self-contained HTML page: what was found, a critical-difference diagram, and the tables behind it. Throws `InputError` for fewer than two methods. */
export function renderComparison(comparison: MethodComparison): string {
  const { metric, methods, dataSets, sentence, notes, finished } = comparison;
  if (methods.length < 2)
    throw new InputError(`A comparison takes at least 2 methods, but was given ${methods.length}.`);
  return page(
    {
      kind: "Comparison over data sets",
      title: `${metricLabel(metric)} on ${plural(dataSets.length, "data set")}`,
      finished,
    },
    {
      lead: withNames(
        sentence,
        methods.map(({ name }) => name),
      ),
      limits: notes.map((note) => html`${note}`),
    },
    [diagramSection(comparison), scoresSection(comparison), pairsSection(comparison)],
    html``,
  );
}

function diagramSection({ methods, cliques, dataSets }: MethodComparison): Section {
  return {
    id: "ranks",
    title: "Ranks",
    heading: "Mean ranks",
    body: html`<figure class="beside"><div class="chart">${rankDiagram(methods, cliques)}</div>
<figcaption>Each method is at its mean rank over ${plural(dataSets.length, "data set")}; 1, at the left, is the best. ${
      cliques.length === 0
        ? "Every pair of them differs."
        : "A thick bar at the right joins neighbours that do not differ significantly from each other (a critical-difference diagram). This does not make them equal: with more data sets, a bar may break."
    }</figcaption></figure>`,
  };
}

function scoresSection({ metric, dataSets, methods }: MethodComparison): Section {
  const best = dataSets.map((_, i) => {
    const scores = methods.map(({ scores }) => scores[i] as number); // one for each data set
    return formatScore(bestOf(metric.goal, scores, (score) => score) ?? Number.NaN); // there are two methods at least
  });
  return {
    id: "scores",
    title: "Scores",
    body: html`${scroll(
      "Scores",
      html`<table class="plain"><thead><tr><th scope="col">Method</th><th scope="col">Mean rank</th>${dataSets.map(
        ({ name, images }) => html`<th scope="col">${name}<small>${plural(images, "test image")}</small></th>`,
      )}</tr></thead><tbody>${methods.map(
        ({ name, meanRank, interval, scores }) =>
          html`<tr><th scope="row">${name}</th><td>${meanRank.toFixed(2)}${interval && html` <small>${interval.low.toFixed(1)} to ${interval.high.toFixed(1)}</small>`}</td>${scores.map(
            (score, i) => {
              const text = formatScore(score);
              return html`<td>${text === best[i] ? html`<b>${text}</b>` : text}</td>`;
            },
          )}</tr>`,
      )}</tbody></table>`,
    )}<p class="caption">${metricLabel(metric)}${metric.goal === "minimize" && " (lower is better)"}, pooled over the test images of each data set and averaged over trainings. The best of each column is bold.</p>`,
  };
}

function pairsSection({ pairs }: MethodComparison): Section {
  const format = (p: number) => (p < 0.001 ? "< 0.001" : p.toFixed(3));
  return {
    id: "pairs",
    title: "Pairs",
    heading: "Pairs of methods",
    body: html`<details><summary>${plural(pairs.length, "comparison")}</summary>${scroll(
      "Comparisons",
      html`<table class="plain"><thead><tr><th scope="col">Better mean rank</th><th scope="col">Other</th><th scope="col">p</th><th scope="col">corrected</th></tr></thead><tbody>${pairs.map(
        ({ names: [better, other], p, adjusted }) =>
          html`<tr><th scope="row">${better}</th><td>${other}</td><td>${format(p)}</td><td>${format(adjusted)}</td></tr>`,
      )}</tbody></table>`,
    )}</details><p class="caption">Two-sided Wilcoxon signed-rank tests over data sets; corrected by Holm’s method for the number of comparisons.</p>`,
  };
}
