import type { Evaluation } from "@em-stellar/core";
import { bibtexOf, type CitationLookup, pasteSection } from "../citation.js";
import { plural } from "../format.js";
import type { Html } from "../html.js";
import { formatLevel } from "../intervals.js";
import { metricLabel } from "../metrics.js";

/** What was done, in sentences to paste into a paper, and the publications behind the measures. */
export function evaluationCitation(evaluation: Evaluation, citation: CitationLookup): Html {
  const { metrics, methods, data, options, environment, statistics } = evaluation;
  const version = environment["em-stellar"];
  const labels = [...new Set(metrics.map(({ metric }) => metricLabel(metric)))];
  const has = (...ids: string[]) => metrics.some(({ metric }) => ids.includes(metric));
  const classes = {
    object: " Measures that name a positive class take the object.",
    background:
      " F1, sensitivity, specificity, PPV and NPV take the background as the positive class, and Jaccard the object, as in Khadangi et al. (2021).",
    both: " Measures that name a positive class are given for the object and for the background.",
  }[options.positive];
  const intervals =
    statistics && data.images.length > 1
      ? ` Intervals are ${formatLevel(statistics.level)} bootstrap confidence intervals over ${statistics.units.kind} (BCa); methods were compared with the best by two-sided Wilcoxon signed-rank tests over ${statistics.units.kind} with Holm’s correction.`
      : "";
  const paragraph = [
    `The predictions of ${plural(methods.length, "method")} (${methods.map(({ name }) => name).join(", ")}) for ${plural(data.images.length, "image")} were scored with EM-stellar${version ? ` ${version}` : ""} by ${labels.join(", ")}.`,
    ` A pixel was called object above a probability of ${options.threshold}; scores are pooled over all images.`,
    classes,
    has("v-rand", "v-info")
      ? " V-Rand and V-Info were computed after thinning and are the maxima over thresholds from 0 to 1 in steps of 0.1 of the mean over images."
      : "",
    intervals,
  ].join("");
  const components = metrics.map(({ metric }) => ({ kind: "metric", id: metric }));
  return pasteSection(paragraph, bibtexOf(components, citation));
}
