export { assemble, type InspectedSet } from "./assemble.js";
export { chooseMetrics, makeMetric, type Positive } from "./choose-metrics.js";
export type { Counting } from "./counting.js";
export { evaluationCsv } from "./evaluation-csv.js";
export { type PairedBy, type PairedSet, pairWithTruth } from "./pairing.js";
export { storePictures } from "./pictures.js";
export type { DecodeTask, InspectTask, ResultOf, ScoreTask, Task } from "./tasks.js";
