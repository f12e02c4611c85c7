import type { Evaluation } from "@em-stellar/core";
import { bibtexOf, type CitationLookup, metricComponents, pasteSection } from "../citation.js";
import { plural } from "../format.js";
import { formatLevel } from "../intervals.js";
import { plainLabel, positiveClass } from "../metrics.js";
import type { Section } from "../section.js";

/** What was done, in sentences to paste into a paper, and the publications behind the measures. */
export function evaluationCitation(evaluation: Evaluation, citation: CitationLookup): Section {
  const { metrics, methods, data, options, environment, statistics } = evaluation;
  const version = environment["em-stellar"];
  const labels = [...new Set(metrics.map(plainLabel))];
  const classes = {
    object: () => " For scores with a positive class, this is the object.",
    background: () => ` ${classesOf(metrics)}, as in Khadangi et al. (2021).`,
    both: () => " Scores with a positive class are given for the object and for the background.",
  }[options.positive]();
  const intervals =
    statistics && data.images.length > 1
      ? ` Intervals are ${formatLevel(statistics.level)} bootstrap confidence intervals over ${statistics.units.kind} (BCa); methods were compared with the best by two-sided Wilcoxon signed-rank tests over ${statistics.units.kind} with Holm’s correction.`
      : "";
  const paragraph = [
    `The predictions of ${plural(methods.length, "method")} (${methods.map(({ name }) => name).join(", ")}) for ${plural(data.images.length, "image")} were scored with EM-stellar${version ? ` ${version}` : ""} by ${labels.join(", ")}.`,
    ` Pixels with a probability above ${options.threshold} were classified as object; scores are pooled over all images.`,
    classes,
    ...computations(metrics),
    intervals,
  ].join("");
  return pasteSection(paragraph, bibtexOf(metricComponents(metrics), citation));
}

/** `F1 and PPV take the background as the positive class, and Jaccard the object`. */
function classesOf(metrics: Evaluation["metrics"]): string {
  const of = (positive: string) =>
    inWords(metrics.filter((metric) => positiveClass(metric) === positive).map(plainLabel));
  const [background, object] = [of("background"), of("object")];
  return background
    ? `${background} take the background as the positive class${object && `, and ${object} the object`}`
    : `${object || "No measure"} ${object ? "take the object as the positive class" : "names a positive class"}`;
}

/** A sentence for each way of computing that does not go without saying: `V-Rand and V-Info were computed …`. */
function computations(metrics: Evaluation["metrics"]): string[] {
  const ways = new Set(metrics.flatMap(({ words }) => words?.computed ?? []));
  return [...ways].map((way) => {
    const labels = [...new Set(metrics.filter(({ words }) => words?.computed === way).map(plainLabel))];
    return ` ${inWords(labels)} ${labels.length === 1 ? "was" : "were"} computed ${way}.`;
  });
}

/** `a, b and c`. */
function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
