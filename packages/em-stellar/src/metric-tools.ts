import { createRegistry } from "@em-stellar/core";
import type { MetricTools } from "@em-stellar/evaluation/node";
import metrics, {
  confusion,
  precisionRecallCurve,
  rocCurve,
  scoreCounts,
  scoreCountsMerger,
  thresholdSweep,
} from "@em-stellar/metrics";

/** What an evaluation is done with: our metrics. */
export const metricTools: MetricTools = {
  registry: createRegistry(metrics),
  counting: { confusion, scoreCounts, scoreCountsMerger, precisionRecallCurve, rocCurve, thresholdSweep },
};
