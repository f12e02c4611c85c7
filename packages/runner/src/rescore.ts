import {
  compare,
  createScorer,
  type JobId,
  type Metric,
  type RunResult,
  readSealed,
  writeSealed,
} from "@em-stellar/core";
import type { JobRecord } from "./job-record.js";
import type { NetworkMethod } from "./method.js";
import { jobFolder, type OpenRun, runOn, samplesOf } from "./open-run.js";
import { modelFiles } from "./prediction/open-model.js";
import { readStoredMap } from "./stored-maps.js";
import { metricsByName, pathName } from "./suite-metrics.js";
import { createThresholdPicker } from "./training/threshold.js";
import { type ElsewhereScores, elsewhereFolder } from "./transfer/elsewhere.js";

/**
 * The scores of a finished training under other metrics, another ranking metric or, unless `isSameRule`, another rule for the
 * threshold, from the maps that it has kept; its learning curve stays as it was. Undefined where it has kept no maps.
 */
export async function rescored(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
  { result, elsewhere }: JobRecord,
  isSameRule: boolean,
): Promise<Pick<JobRecord, "result" | "elsewhere"> | undefined> {
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
  const ofTest = await scoresOfStored(run, kept);
  const others: Record<string, ElsewhereScores> = {};
  for (const name of Object.keys(elsewhere ?? {})) {
    others[name] = await scoresOfStored(runOn(run, name), { ...kept, predictions: elsewhereFolder(job, name) });
  }
  const { criteria, ...rest } = kept;
  if (!isSameRule) await writeThreshold(store, `${jobFolder(job)}/checkpoints`, result, threshold);
  const now: RunResult = {
    ...rest,
    // What other criteria chose was scored at the threshold that was, of maps that nobody keeps.
    ...(criteria && isSameRule && { criteria }),
    validation: {
      ...(result.validation.loss !== undefined && { loss: result.validation.loss }),
      ...ofValidation.result().pooled,
    },
    ...ofTest,
  };
  return { result: now, ...(elsewhere && { elsewhere: others }) };
}

/** The scores of the maps of test images that a job has kept. */
async function scoresOfStored(run: OpenRun, result: RunResult): Promise<ElsewhereScores> {
  const scorer = createScorer(run.suite.metrics);
  for (const planned of run.test) {
    const { truth } = await run.samples.read(planned);
    scorer.add(planned.id, compare(truth, await readStoredMap(run, result, "predictions", planned.id)));
  }
  return scorer.result();
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
