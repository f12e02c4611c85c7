import { createRegistry } from "@em-stellar/core";
import data from "@em-stellar/data";
import type { MetricTools } from "@em-stellar/evaluation/node";
import metrics, {
  confusion,
  precisionRecallCurve,
  rocCurve,
  scoreCounts,
  scoreCountsMerger,
  thresholdSweep,
} from "@em-stellar/metrics";

const counting = { confusion, scoreCounts, scoreCountsMerger, precisionRecallCurve, rocCurve, thresholdSweep };

/** What an evaluation is done with: our metrics and image formats, and those of plugins. */
export async function metricTools(plugins: readonly string[]): Promise<MetricTools> {
  if (plugins.length === 0) return { registry: createRegistry(metrics, data), counting };
  const { registryOf } = await import("./plugins.js"); // with every built-in component: not where there are no plugins
  return { registry: await registryOf(plugins), counting };
}
