import type { MetricRecord } from "@em-stellar/core";
import { plural } from "./format.js";
import { html } from "./html.js";
import { metricOf, plainLabel } from "./metrics.js";
import type { Section } from "./section.js";

const terms: readonly [term: string, meaning: string][] = [
  [
    "Checkpoint",
    "the weights of a network at one moment of its training; the one with the best validation value of the chosen criterion is kept.",
  ],
  [
    "Confidence interval",
    "the values that a score could have had with other test images of the same kind: a 95 % interval is made so that it holds the true value in about 95 of 100 such studies. From few images it is too short.",
  ],
  ["Ensemble", "a prediction made of those of several networks, by averaging or by vote."],
  [
    "FLOPs",
    "floating-point operations: the additions, multiplications and the like that a network makes for one image. M stands for a million, G for 10⁹.",
  ],
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
    "from the lowest to the highest of several trainings, all on the same test images: how much another training set and another random start change.",
  ],

  [
    "Seed",
    "the number that decides the random start and the order of patches. Another seed is the same experiment repeated.",
  ],
  [
    "Signed-rank test",
    "Wilcoxon’s test of two methods on the same images: how often luck alone would make one win on so many of them, by so much. p is that chance; Holm’s correction raises it where many methods are compared.",
  ],
  ["Training", "one network trained on one fold from one seed. A floor is fitted once a fold."],
  ["Test images", "held out until everything was chosen, and scored once."],
  ["Threshold", "a pixel is called object where its probability lies above it."],
  ["Validation images", "the fold that a network does not train on; they choose its checkpoint, never its test score."],
];

/** Words that only trainings need. */
export const wordsOfTraining = [
  "Checkpoint",
  "Ensemble",
  "FLOPs",
  "Floor",
  "Fold",
  "Loss",
  "Range",
  "Seed",
  "Test images",
  "Training",
  "Validation images",
];

/** Plain meanings of the words above, without those of `leaveOut`. */
export function glossarySection(
  { metrics }: { readonly metrics: readonly MetricRecord[] },
  leaveOut: readonly string[] = [],
): Section {
  const measured = [metricOf({ metrics: [] }, "loss"), ...metrics].map((metric): [string, string] => [
    plainLabel(metric),
    metric.words?.meaning ?? "a metric whose meaning these results do not record.",
  ]);
  const all = [...new Map([...terms, ...measured])]
    .filter(([term]) => !leaveOut.includes(term))
    .sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return {
    id: "glossary",
    title: "Glossary",
    style: "dt { color: var(--ink); font-weight: 600; }",
    body: html`<details><summary>${plural(all.length, "word")} explained</summary><dl>${all.map(([term, meaning]) => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>`)}</dl></details>`,
  };
}
