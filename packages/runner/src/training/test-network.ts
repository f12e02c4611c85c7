import type { JobId, RunResult } from "@em-stellar/core";
import { probabilityPng, toUint16 } from "@em-stellar/data";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { LoadedSample } from "../loaded-sample.js";
import type { NetworkMethod } from "../method.js";
import { jobFolder, type OpenRun, samplesOf } from "../open-run.js";
import { pathName } from "../suite-metrics.js";
import { restoreCheckpoint } from "./checkpoint.js";
import { startFrom } from "./initial-weights.js";
import type { JobState } from "./job-state.js";
import { scoresOnTest, scoreTestImages } from "./test-images.js";
import { predict, type ValidationSet, validate } from "./validate.js";
import type { Normalize } from "./validation-images.js";

/** Predicts and scores the test images with the weights that were best by the first criterion. */
export async function testBest(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
  model: LayersModel,
  { history, best, step, seconds, processorSeconds, extended }: JobState,
  normalize: Normalize,
): Promise<RunResult> {
  const { training } = method;
  // A criterion that was never defined (a metric of an empty prediction, say) has no checkpoint: fall to the next, then to the last weights.
  const criterion = training.checkpoints.find((id) => best[id]);
  const chosen = criterion === undefined ? undefined : best[criterion];
  const validationAt = (at: number) => history.find((point) => point.step === at)?.validation ?? {};
  const predictWith = (sample: LoadedSample) => predict(model, method, sample.image, normalize(sample));
  const restore = (id: string) => restoreCheckpoint(run.store, `${jobFolder(job)}/checkpoints/${pathName(id)}`, model);
  if (criterion !== undefined) await restore(criterion);
  const threshold = chosen?.threshold ?? 0.5;
  const tested = await scoreTestImages(run, jobFolder(job), threshold, predictWith);
  const validationPredictions = `${jobFolder(job)}/validation`;
  for (const planned of samplesOf(run, job.fold).validation) {
    const sample = await run.samples.read(planned);
    const { width, height } = sample.image;
    const data = toUint16(await predictWith(sample));
    await run.store.write(
      `${validationPredictions}/${sample.id}.png`,
      probabilityPng({ width, height, data, maximum: 65535 }),
    );
  }
  const criteria: NonNullable<RunResult["criteria"]> = [];
  const several = training.checkpoints.flatMap((id) => (best[id] ? [{ id, ...best[id] }] : []));
  for (const { id, step: at, value, threshold } of several.length > 1 ? several : []) {
    // Criteria that chose the same step share their weights, threshold and scores.
    let same: Pick<RunResult, "pooled"> | undefined = at === chosen?.step ? tested : undefined;
    same ??= criteria.find((each) => each.step === at);
    if (!same) await restore(id);
    const { pooled } = same ?? (await scoresOnTest(run, threshold, predictWith));
    criteria.push({ criterion: id, step: at, value, threshold, validation: validationAt(at), pooled });
  }
  return {
    fold: job.fold,
    seed: job.seed,
    state: "done",
    ...(criterion !== undefined && chosen && { checkpoint: { criterion, step: chosen.step, value: chosen.value } }),
    ...(criteria.length > 0 && { criteria }),
    threshold,
    steps: step,
    ...(extended && { extended: [...extended] }),
    seconds,
    ...(processorSeconds !== undefined && { processorSeconds }),
    validation: validationAt(chosen?.step ?? step),
    history: [...history],
    ...tested,
    validationPredictions,
  };
}

/** What the weights that a training started from score, with the network as it is used. */
export async function scoresBefore(
  run: OpenRun,
  method: NetworkMethod,
  model: LayersModel,
  folder: string,
  images: ValidationSet,
  normalize: Normalize,
): Promise<NonNullable<RunResult["before"]>> {
  await startFrom(model, run.store, folder, method.training.initial ?? folder);
  const { threshold, values } = await validate(run.suite, method, model, images, run.cacheBytes);
  const scores = await scoresOnTest(run, threshold, (sample) =>
    predict(model, method, sample.image, normalize(sample)),
  );
  return { threshold, validation: values, pooled: scores.pooled };
}
