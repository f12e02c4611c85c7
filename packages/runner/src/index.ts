export { collectResults } from "./collect-results.js";
export { describeSuite } from "./describe-suite.js";
export { inProcess } from "./in-process.js";
export { resultOf, stepOf } from "./job-record.js";
export { type OpenRun, openRun, planRun, type RunOptions } from "./open-run.js";
export { parseSuite } from "./parse-suite.js";
export { type Plan, type PlannedSample, readPlan } from "./plan.js";
export { asModelTakes } from "./prediction/as-model-takes.js";
export { maskRows } from "./prediction/mask-rows.js";
export { type ModelNotes, parseModelNotes } from "./prediction/model-notes.js";
export {
  type LengthUnit,
  objectTableHeader,
  objectTableRows,
  shownColumns,
  type Table,
  type TabledImage,
} from "./prediction/object-tables.js";
export type { ImageObject, ImageObjects } from "./prediction/object-tools.js";
export { type OpenModel, openModel } from "./prediction/open-model.js";
export { inNanometres, isOfPrint, type NanometreSize, parsePixelSize } from "./prediction/pixel-size.js";
export {
  type PredictionOptions,
  predictImage,
  predictionDefaults,
  predictStrips,
  type Strip,
} from "./prediction/predict-image.js";
export type { TileOptions } from "./prediction/tile-plan.js";
export { isUnlike, type NamedRange, rangeOf, unlikeWarning } from "./prediction/unlike-images.js";
export { memoryNeeds } from "./require-memory.js";
export { runAttempt } from "./run-attempt.js";
export { runJob } from "./run-job.js";
export { type PlannedSuite, planSuite, type RunSuiteOptions, runSuite } from "./run-suite.js";
export { scratchStore } from "./scratch-store.js";
export { type Settled, settleJobs } from "./settle-jobs.js";
export {
  defineSuite,
  type EnsembleChoice,
  type EnsembleOptions,
  type SplitOptions,
  type Suite,
  type SuiteDefinition,
} from "./suite.js";
export { readSuiteJson } from "./suite-json.js";
export { timeClassifiers } from "./time-classifiers.js";
export {
  defaultTraining,
  type EarlyStopping,
  type NamedTraining,
  type TrainingDefinition,
  type TrainingOptions,
  type TrainingVariant,
} from "./training-options.js";
export { type Budget, budgetFor, measureSpeed, type Speed, secondsOf, type TrialEvents } from "./trial.js";
export { withSteps } from "./with-steps.js";
