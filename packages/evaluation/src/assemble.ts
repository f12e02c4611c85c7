import { statistics } from "@em-stellar/analysis";

import {
  bestFirst,
  type Evaluation,
  goalOf,
  type Metric,
  rowOfScores,
  schemaVersion,
  scoreboardOfEvaluation,
  scoreNames,
} from "@em-stellar/core";

import type { ImageSet, Place, ValueDecision } from "@em-stellar/data";
import type { Positive } from "./choose-metrics.js";

import type { PairedSet } from "./pairing.js";
import type { Inspection, MethodScores } from "./tasks.js";
import { recordOfValues } from "./value-record.js";
import { warningsOf } from "./warnings.js";

/** A set of predictions, looked through. */
export interface InspectedSet<P extends Place = Place> extends PairedSet<P> {
  readonly inspection: Inspection;
  readonly decision: ValueDecision;
  /** Whether its floats were rounded to 16 bits. */
  readonly rounded: boolean;
}

/** What an evaluation records of how it was made. */
export interface EvaluationRecord {
  /** What its report is called. */
  readonly name: string;
  readonly threshold: number;
  readonly positive: Positive;
  readonly environment: Readonly<Record<string, string>>;
}

/** Everything that was found out, as results record it, best method first; without pictures. */
export function assemble(
  truth: ImageSet & { readonly inspection: Inspection; readonly decision: ValueDecision },
  scored: readonly (InspectedSet & { readonly scores: MethodScores })[],
  metrics: readonly Metric[],
  rankedBy: string,
  options: EvaluationRecord,
): Evaluation {
  const names = scoreNames(metrics);
  const records = metrics.map(({ id, goal, range, options, citation, words }, i) => ({
    id: names[i] as string, // one name for each
    metric: id,
    goal,
    range: [...range] as [number | null, number | null],
    options: { ...options },
    ...(citation !== undefined && { citation }),
    words,
  }));
  const ranked = bestFirst(goalOf({ metrics: records }, rankedBy), scored, ({ scores }) => scores.pooled[rankedBy]);
  const { tp = 0, fp = 0, tn = 0, fn = 0 } = ranked[0]?.scores.table ?? {};
  const pixels = tp + fp + tn + fn;
  const evaluation: Evaluation = {
    schemaVersion,
    kind: "evaluation",
    name: options.name,
    finished: new Date().toISOString(),
    metrics: records,
    rankedBy,
    options: { threshold: options.threshold, positive: options.positive },
    data: {
      truth: truth.path,
      stored: recordOfValues(truth.inspection.censuses, truth.decision.readings),
      grey: (ranked[0]?.scores.grey ?? 0) / pixels,
      foreground: (tp + fn) / pixels,
      hash: truth.inspection.hash,
      images: truth.images.map(({ id, place: { name, width, height } }) => ({ id, file: name, width, height })),
      pictures: [],
    },
    environment: { ...options.environment },
    methods: ranked.map(({ name, path, pairedBy, inspection, decision, rounded, scores }) => ({
      name,
      path,
      pairedBy,
      stored: recordOfValues(inspection.censuses, decision.readings),
      rounded,
      hash: inspection.hash,
      seconds: scores.seconds,
      pooled: scores.pooled,
      perImage: scores.perImage.map(rowOfScores),
      curves: scores.curves,
    })),
    warnings: [
      ...[truth, ...ranked].flatMap(({ decision }) => decision.warnings),
      ...warningsOf(
        ranked.map(({ name, inspection: { censuses, hash }, scores }) => ({ name, censuses, hash, scores })),
        names,
        options.threshold,
      ),
    ],
  };
  const parts = new Map(ranked.map(({ name, scores }) => [name, scores.perImage]));
  return {
    ...evaluation,
    statistics: statistics(scoreboardOfEvaluation(evaluation, parts), {
      metrics: metrics.map(({ fromParts }, i) => ({ id: names[i] as string, ...(fromParts && { fromParts }) })),
    }),
  };
}
