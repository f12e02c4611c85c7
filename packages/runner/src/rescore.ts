import {
  compare,
  createScorer,
  type JobId,
  type Metric,
  type RunResult,
  readSealed,
  scoreNames,
  writeSealed,
} from "@em-stellar/core";
import type { NetworkMethod } from "./method.js";
import { jobFolder, type OpenRun, samplesOf } from "./open-run.js";
import { modelFiles } from "./prediction/open-model.js";
import { readStoredMap } from "./stored-maps.js";
import { metricsByName, pathName } from "./suite-metrics.js";
import { createThresholdPicker } from "./training/threshold.js";
import type { TrainingOptions } from "./training-options.js";

/** How a job was described when it was done, and what of that has changed. */
interface Before {
  readonly changed: readonly string[];
  readonly metrics: readonly Pick<Metric, "id" | "options">[];
  readonly rankBy: string;
  readonly training?: TrainingOptions;
}

/**
 * The result of a finished training under other metrics, another ranking metric or another rule for the threshold, from the
 * maps that it has kept; its learning curve stays as it was. Undefined where the training itself might have gone another way,
 * or has kept no maps: then only training again tells.
 */
export async function rescored(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
  result: RunResult,
  before: Before,
): Promise<RunResult | undefined> {
  const { suite, store } = run;
  const { training } = method;
  if (!before.changed.every((key) => ["metrics", "rankBy", "training"].includes(key))) return undefined;
  if (!before.training || result.validationPredictions === undefined || suite.augmentation?.validation)
    return undefined;
  if (JSON.stringify({ ...before.training, threshold: training.threshold }) !== JSON.stringify(training))
    return undefined;
  const [then, now] = [identities(before.metrics), identities(suite.metrics)];
  const criteria = [...training.checkpoints, ...(training.earlyStopping ? [training.earlyStopping.by] : [])];
  const byMetric = criteria.filter((name) => name !== "loss");
  if (byMetric.some((name) => then.get(name) !== now.get(name))) return undefined;
  const pickedBy = (rule: TrainingOptions["threshold"], rankBy: string, metrics: Map<string, string>) =>
    rule === "validation" ? metrics.get(rankBy) : undefined;
  const isSameRule =
    pickedBy(before.training.threshold, before.rankBy, then) === pickedBy(training.threshold, suite.rankBy, now);
  // Metrics are computed at the threshold: another one might have chosen other weights, or another end.
  if (!isSameRule && byMetric.length > 0) return undefined;

  const validation = samplesOf(run, job.fold).validation;
  const threshold = isSameRule ? result.threshold : await pickThreshold(run, method, result, validation);
  const kept = { ...result, threshold };
  const ofValidation = createScorer(suite.metrics);
  for (const planned of validation) {
    const { truth } = await run.samples.read(planned);
    ofValidation.add(planned.id, compare(truth, await readStoredMap(run, kept, "validationPredictions", planned.id)));
  }
  const ofTest = createScorer(suite.metrics);
  for (const planned of run.test) {
    const { truth } = await run.samples.read(planned);
    ofTest.add(planned.id, compare(truth, await readStoredMap(run, kept, "predictions", planned.id)));
  }
  const { criteria: others, ...rest } = kept;
  if (!isSameRule) await writeThreshold(store, `${jobFolder(job)}/checkpoints`, result, threshold);
  return {
    ...rest,
    // What other criteria chose was scored at the threshold that was, of maps that nobody keeps.
    ...(others && isSameRule && { criteria: others }),
    validation: {
      ...(result.validation.loss !== undefined && { loss: result.validation.loss }),
      ...ofValidation.result().pooled,
    },
    ...ofTest.result(),
  };
}

/** The name of each score with all that it depends on. */
function identities(metrics: Before["metrics"]): Map<string, string> {
  const names = scoreNames(metrics);
  return new Map(metrics.map(({ id, options }, i) => [names[i] as string, JSON.stringify({ id, options })])); // one name for each
}

async function pickThreshold(
  run: OpenRun,
  { training }: NetworkMethod,
  result: RunResult,
  validation: OpenRun["train"],
): Promise<number> {
  if (training.threshold === "fixed") return 0.5;
  const picker = createThresholdPicker(metricsByName(run.suite).get(run.suite.rankBy) as Metric); // defineSuite made sure of it
  for (const planned of validation) {
    const { truth } = await run.samples.read(planned);
    picker.add(truth, await readStoredMap(run, result, "validationPredictions", planned.id));
  }
  return picker.pick();
}

/** Puts the threshold into the notes of the checkpoint that made the predictions. */
async function writeThreshold(
  store: OpenRun["store"],
  folder: string,
  { checkpoint }: RunResult,
  threshold: number,
): Promise<void> {
  const file = `${folder}/${pathName(checkpoint?.criterion ?? "last")}/${modelFiles.notes}`;
  const notes = await readSealed(store, file);
  if (notes) await writeSealed(store, file, { ...notes, threshold });
}
