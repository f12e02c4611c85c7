export { bcaInterval, type Interval, type IntervalResult } from "./bca-interval.js";
export {
  type Bootstrap,
  type BootstrapIntervalOptions,
  bootstrap,
  bootstrapInterval,
  type Statistic,
} from "./bootstrap.js";
export { type CriticalDifference, criticalDifference, type ScoreTable } from "./critical-difference.js";
export { type FriedmanResult, friedman } from "./friedman.js";
export { holm } from "./holm.js";
export { overDataSets } from "./over-data-sets.js";
export { type RankStability, rankStability } from "./rank-stability.js";
export { averageRanks } from "./ranks.js";
export { drawResamples, type Resamples, type ResamplesOptions, resamplesDefaults } from "./resamples.js";
export { type StatisticsOptions, statistics, statisticsDefaults } from "./statistics.js";
export { type WilcoxonResult, wilcoxonSignedRank } from "./wilcoxon.js";
