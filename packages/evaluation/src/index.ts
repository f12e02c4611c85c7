export type { Positive } from "./choose-metrics.js";
export type { Counting } from "./counting.js";
export {
  type EvaluatedSets,
  type EvaluationContext,
  type EvaluationOptions,
  evaluate,
  evaluationDefaults,
} from "./evaluate.js";
export type { EvaluationEvent, TaskProgress } from "./events.js";
export { type PairedBy, type PairedSet, pairWithTruth } from "./pairing.js";
export { inThisThread, type TaskPerformer } from "./task-performer.js";
export type { TaskTools } from "./tasks.js";
