import type { Results } from "@em-stellar/core";
import { type Html, html } from "./html.js";
import { metricLabel, metricMeaning } from "./metrics.js";

const terms: readonly [term: string, meaning: string][] = [
  [
    "Checkpoint",
    "the weights of a network at one moment of its training; the one with the best validation value of the chosen criterion is kept.",
  ],
  ["Ensemble", "a prediction made of those of several networks, by averaging or by vote."],
  [
    "Floor",
    "a method without learnt features (a constant, a threshold, a blur with a threshold). It shows what a score is worth.",
  ],
  [
    "Fold",
    "one of the equal parts that the training images are split into. Each part is the validation set once, while a fresh network trains on the others.",
  ],
  [
    "Jaccard, F1 and their kin",
    "are made of TP, FP, FN and TN: pixels that are truly or falsely called positive or negative.",
  ],
  ["Pooled", "computed once over all pixels of all test images, rather than image by image and then averaged."],
  [
    "Range",
    "from the lowest to the highest of several runs. Not a confidence interval: it shrinks or grows with luck and with the number of runs.",
  ],
  ["Run", "one training: a method on one fold from one seed."],
  [
    "Seed",
    "the number that decides the random start and the order of patches. Another seed is the same experiment repeated.",
  ],
  ["Test images", "held out until everything was chosen, and scored once."],
  ["Threshold", "a pixel is called object where its probability lies above it."],
  ["Validation images", "the fold that a network does not train on; they choose its checkpoint, never its test score."],
];

/** Plain meanings of the words above. */
export function glossarySection({ metrics }: Results): Html {
  const measured = ["loss", ...metrics.map(({ id }) => id)].map((id): [string, string] => [
    metricLabel(id),
    metricMeaning(id) ?? "a metric of another package; its documentation says what it measures.",
  ]);
  const all = [...terms, ...measured].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return html`<section id="glossary" data-nav="Glossary"><h2>Glossary</h2><dl>${all.map(
    ([term, meaning]) => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>`,
  )}</dl></section>`;
}
