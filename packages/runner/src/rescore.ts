import {
  compare,
  createScorer,
  type JobId,
  type Metric,
  type RunResult,
  readSealed,
  writeSealed,
} from "@em-stellar/core";
import type { NetworkMethod } from "./method.js";
import { jobFolder, type OpenRun, samplesOf } from "./open-run.js";
import { modelFiles } from "./prediction/open-model.js";
import { readStoredMap } from "./stored-maps.js";
import { metricsByName, pathName } from "./suite-metrics.js";
import { createThresholdPicker } from "./training/threshold.js";

/**
 * The result of a finished training under other metrics, another ranking metric or, unless `isSameRule`, another rule for the
 * threshold, from the maps that it has kept; its learning curve stays as it was. Undefined where it has kept no maps.
 */
export async function rescored(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
  result: RunResult,
  isSameRule: boolean,
): Promise<RunResult | undefined> {
  const { suite, store } = run;
  if (result.validationPredictions === undefined || suite.augmentation?.validation) return undefined;
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
