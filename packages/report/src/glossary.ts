import type { MetricRecord } from "@em-stellar/core";
import { plural } from "./format.js";
import { html } from "./html.js";
import { metricOf, plainLabel } from "./metrics.js";
import type { Section } from "./section.js";

const terms: readonly [term: string, meaning: string][] = [
  [
    "Checkpoint",
    "the weights of a network at one step of its training. The checkpoint with the best validation value of the chosen criterion is kept.",
  ],
  [
    "Confidence interval",
    "the range of values that a score could have had with other test images of the same kind. A 95 % interval is meant to contain the true value in about 95 of 100 such studies. With few images it is too short.",
  ],
  ["Ensemble", "a prediction that combines those of several networks, by averaging or by vote."],
  [
    "FLOPs",
    "floating-point operations: the additions, multiplications and similar operations that a network needs for one image. M stands for a million, G for 10⁹.",
  ],
  [
    "Floor",
    "a method without learnt features (a constant, a threshold, a blur with a threshold). It shows how much a score means.",
  ],
  [
    "Fold",
    "one of the equal parts into which the training images are divided. Each part is the validation set once, while a new network trains on the others.",
  ],
  [
    "Jaccard, F1 and similar scores",
    "are computed from TP, FP, FN and TN: pixels that are correctly or wrongly predicted as positive or negative.",
  ],
  ["Pooled", "computed once over all pixels of all test images, rather than image by image and then averaged."],
  [
    "Range",
    "from the lowest to the highest of several trainings, all on the same test images: how much another training set and another random start change.",
  ],

  [
    "Seed",
    "the number that determines the random initial weights and the order of patches. Another seed repeats the same experiment.",
  ],
  [
    "Signed-rank test",
    "Wilcoxon’s test of two methods on the same images: how often luck alone would make one method win on so many of them, by so much. p is this probability; Holm’s correction raises it if many methods are compared.",
  ],
  ["Training", "one network trained on one fold from one seed. A floor is fitted once a fold."],
  ["Test images", "images that are held out until everything is chosen, and are then scored once."],
  ["Threshold", "a pixel with a higher probability is object."],
  ["Validation images", "the images of the fold that a network does not train on. They choose its checkpoint."],
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
    metric.words?.meaning ?? "a metric that these results do not explain.",
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
