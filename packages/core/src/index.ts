export {
  type Baseline,
  type BaselineDefinition,
  type BaselineRole,
  defineBaseline,
  type Segmenter,
  type Slice,
} from "./baseline.js";
export { type Comparison, compare, type Derivation } from "./comparison.js";
export type { AnyFactory, Component, Definition, Factory } from "./component.js";
export { csvOf } from "./csv.js";
export {
  type DataContext,
  type DataSource,
  type DataSourceDefinition,
  type Dataset,
  defineDataSource,
  type Sample,
} from "./data-source.js";
export { defineEnsemble, type Ensemble, type EnsembleDefinition } from "./ensemble.js";
export {
  BadOptionError,
  DuplicateComponentError,
  didYouMean,
  EmStellarError,
  InputError,
  LockedError,
  NoSuchComponentError,
  nearestName,
  StoreError,
} from "./errors.js";
export { type EvaluatedMethod, type Evaluation, evaluationSchema, type ThresholdCurves } from "./evaluation.js";
export type { FailureCause, RunEvent } from "./events.js";
export { eventsOf } from "./events-of.js";
export {
  defineExecutor,
  type Executor,
  type ExecutorDefinition,
  type JobDoor,
  jobExitStatus,
  type PlannedRun,
} from "./executor.js";
export {
  type BlockPairs,
  type FeatureBlock,
  type Features,
  type FeaturesOfModel,
  featuresSchema,
  type NetworkFeatures,
  networkFeaturesSchema,
} from "./features.js";
export { hashBytes } from "./hash-bytes.js";
export { countedPixels } from "./ignored-pixels.js";
export {
  type ByteSource,
  type DecodedImage,
  defineImageFormat,
  type ImageFile,
  type ImageFormat,
  type ImageFormatDefinition,
  type ImagePage,
  type ImageWindow,
  imageFormatsOf,
  type PaletteColor,
  type PixelSize,
  type StoredData,
} from "./image-format.js";
export { type ImageRow, rowOfScores } from "./image-row.js";
export { type JobId, jobPath } from "./job-id.js";
export { type ChosenNetwork, chosenNetwork } from "./judgement/chosen-network.js";
export { bestFirst, bestOf, compareScores, type Goal, isBetter, type MaybeScore } from "./judgement/compare-scores.js";
export {
  compareMethodScores,
  finishedRuns,
  type MethodScore,
  methodScore,
  summarise,
} from "./judgement/method-score.js";
export {
  beatsFloor,
  bestClassifier,
  bestFloor,
  chosenRun,
  goalOf,
  isBaseline,
  isFloor,
  methodsByScore,
  type RankedMethod,
  rankMethods,
  unbeatenFloor,
} from "./judgement/ranking.js";
export {
  defineMetric,
  type Metric,
  type MetricAccumulator,
  type MetricDefinition,
  type MetricParts,
} from "./metric.js";
export type { MetricWords } from "./metric-words.js";
export { nextTurn } from "./next-turn.js";
export {
  checks,
  type NumberRange,
  numberWithin,
  type OptionCheck,
  oneOf,
  textOrNull,
  texts,
  type WholeNumbers,
  wholeNumber,
} from "./option-checks.js";
export { defineComponent, isFactory } from "./options.js";
export { parseJson } from "./parse-json.js";
export { definePlugin, type Plugin } from "./plugin.js";
export { createRandom, type Random, restoreRandom } from "./random.js";
export {
  binarize,
  maskOf,
  type ProbabilityMap,
  probabilities,
  type Raster,
  type RasterData,
  requireSameSize,
} from "./raster.js";
export { type AnyRegistry, createRegistry, type Registry } from "./registry.js";
export {
  type ComponentRecord,
  type HistoryPoint,
  type MethodResult,
  type MethodStatistics,
  type MetricRecord,
  type MetricStatistics,
  type Results,
  type RunResult,
  resultsSchema,
  type Statistics,
  schemaVersion,
  type Transfer,
} from "./results.js";
export { memoryStore, type RunStore, readJson, writeJson, writeText } from "./run-store.js";
export { scoreNames } from "./score-names.js";
export type { Ranking, Scoreboard, ScoredImage, ScoredMethod, ScoredRun } from "./scoreboard.js";
export { picturesOf, scoreboardOfEvaluation, scoreboardOfRun } from "./scoreboard-of.js";
export { createScorer, type ImageScores, type Scorer } from "./scorer.js";
export { DamagedFileError, makeAgain, readSealed, writeSealed } from "./sealed-json.js";
export type { StopSignal } from "./stop-signal.js";
export { decodeText, encodeText } from "./text.js";
export { visible } from "./visible.js";
export type { Warning } from "./warning.js";
