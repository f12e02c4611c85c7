import { defineMetric, type MetricWords } from "@em-stellar/core";
import { type ScoreCounts, scoreCounts, scoreCountsMerger } from "./score-counts.js";

/**
 * Area under the ROC curve: how often a random object pixel scores higher than a random background pixel, ties
 * counting half. Exact, over all pixels of all images; undefined where either class is missing.
 */
export const aucRoc = rankingMetric({
  id: "auc-roc",
  summary: "Area under the ROC curve, over all distinct scores, ties grouped",
  words: {
    label: "AUC-ROC",
    meaning:
      "how often a random object pixel gets a higher probability than a random background pixel; needs no threshold.",
  },
  score({ scores, objects, background }) {
    let [wins, objectsSoFar, backgroundSoFar] = [0, 0, 0];
    for (let i = 0; i < scores.length; i++) {
      const [object, other] = [objects[i] as number, background[i] as number];
      wins += object * (backgroundSoFar + other / 2);
      objectsSoFar += object;
      backgroundSoFar += other;
    }
    const pairs = objectsSoFar * backgroundSoFar;
    return pairs === 0 ? undefined : wins / pairs;
  },
});

/**
 * Average precision: precision at each distinct score, weighted by the recall gained there, without interpolation.
 * Over all pixels of all images; undefined where there is no object.
 */
export const averagePrecision = rankingMetric({
  id: "average-precision",
  summary: "Average precision: the sum of (R_k - R_k-1) P_k over all distinct scores",
  words: {
    label: "AP",
    meaning: "average precision: the area under the curve of precision over recall.",
  },
  score({ scores, objects, background }) {
    let [sum, tp, fp] = [0, 0, 0];
    for (let i = scores.length - 1; i >= 0; i--) {
      const object = objects[i] as number;
      tp += object;
      fp += background[i] as number;
      if (object > 0) sum += object * (tp / (tp + fp));
    }
    return tp === 0 ? undefined : sum / tp;
  },
});

function rankingMetric<const Id extends string>({
  id,
  summary,
  words,
  score,
}: {
  id: Id;
  summary: string;
  words: Partial<MetricWords>;
  score: (counts: ScoreCounts) => number | undefined;
}) {
  return defineMetric({
    id,
    summary,
    words: { family: "ranking", ...words },
    defaults: {},
    goal: "maximize",
    range: [0, 1],
    accumulate() {
      const counts = scoreCountsMerger();
      return {
        add: (pair) => counts.add(pair.derive(scoreCounts)),
        result: () => score(counts.result()),
      };
    },
  });
}
