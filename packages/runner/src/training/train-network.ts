import {
  createRandom,
  EmStellarError,
  type FailureCause,
  type Goal,
  type HistoryPoint,
  isBetter,
  type JobId,
  nextTurn,
  type RunEvent,
  type RunResult,
} from "@em-stellar/core";
import { DeviceError, type TrainingPlan } from "@em-stellar/core/training";
import { type Normalization, normalizationOf, normalizationOfMany, probabilityPng, toUint16 } from "@em-stellar/data";
import { dispose, type Scalar } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { NetworkMethod } from "../method.js";
import { now } from "../now.js";
import { jobFolder, type OpenRun, samplesOf } from "../open-run.js";
import type { Suite } from "../suite.js";
import { metricsByName, pathName } from "../suite-metrics.js";
import { createBatches } from "./batch.js";
import { restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { describeModel } from "./describe-model.js";
import { startFrom } from "./initial-weights.js";
import { type Best, type JobState, restoreState, saveState } from "./job-state.js";
import { shareOver, stoppedAt } from "./limits.js";
import { scoresOnTest, scoreTestImages } from "./test-images.js";
import { createTrainStep } from "./train-step.js";
import { createTrapDetector } from "./traps.js";
import { NoNumbersError, predict, type ValidationSet, validate } from "./validate.js";
import { augmentedImage, type Normalize, normalizedImage } from "./validation-images.js";
import { warmUp } from "./warm-up.js";
import { averageWeights } from "./weight-average.js";

/** Seconds between two `step` events: losses are read back from the device together, not at every step. */
const reportInterval = 0.25;

/** A training that cannot go on: its loss is no longer a number, or its device gave up. */
export class TrainingFailure extends EmStellarError {
  override readonly name = "TrainingFailure";
  readonly step: number;
  override readonly cause: Extract<FailureCause, "loss" | "device">;

  constructor(step: number, message: string, cause: Extract<FailureCause, "loss" | "device">) {
    super(message);
    this.step = step;
    this.cause = cause;
  }
}

/**
 * Trains a network on one fold from one seed, validates and keeps the best weights by each criterion, then predicts and
 * scores the test images with the first criterion's. Continues where a killed training of the same job last validated.
 * Throws {@link TrainingFailure} where the loss turns NaN or infinite, or the device cannot go on.
 */
export async function* trainNetwork(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
): AsyncGenerator<RunEvent, { result: RunResult; warnings: JobState["warnings"] }> {
  const { suite, store, device } = run;
  const { training } = method;
  const totalSteps = training.steps ?? Number.MAX_SAFE_INTEGER;
  const folder = jobFolder(job);
  // Neither seed depends on the method: every network meets the same patches in the same order.
  const seed = `${job.seed}/fold-${job.fold}`;
  const { train, validation, normalize, normalization } = await prepareFold(run, job.fold, method, seed);
  const channels = train[0]?.channels ?? 1;
  const weightSeeds = createRandom(`${seed}/weights`);
  const built = method.network.build([null, null, channels], () => weightSeeds.integer(2 ** 31));
  const startingFolder = training.initial === null ? undefined : run.plan.initial?.[training.initial];
  if (training.initial !== null && startingFolder !== undefined) {
    try {
      await startFrom(built, store, startingFolder, training.initial);
    } catch (error) {
      built.dispose();
      throw error;
    }
  }
  const model = device.prepare(built);
  const notes = describeModel(run, job, method, train, normalization);
  const trainingSet = { samples: train, read: run.samples.read, normalize };
  const drawBatch = createBatches(trainingSet, training, suite.augmentation, seed);
  const trainStep = createTrainStep(model, method, training, seed);
  const detectTrap = createTrapDetector(run.plan.data.foreground);
  const average = training.averageWeights === null ? undefined : averageWeights(model, training.averageWeights);
  let state: JobState = { step: 0, seconds: 0, history: [], best: {}, warnings: [] };
  let started = now();
  /** Seconds of training, without validation. */
  const spent = () => state.seconds + now() - started;
  const share = () => shareOver(step, spent(), training);
  const plan: TrainingPlan = {
    totalSteps,
    ...(training.minutes !== null && { share }),
    validationLosses: () => state.history.map(({ validation }) => validation.loss ?? Number.NaN),
  };
  const optimizer = method.optimizer.create(plan);
  let step = 0;
  let pending: Scalar[] = [];

  try {
    const trial = method.optimizer.create(plan);
    const trialBatch = await drawBatch(1);
    for await (const left of warmUp(device, model, () => trainStep(trial, 1, trialBatch)))
      yield { type: "job-warming-up", job, left };
    trial.dispose();
    const statePath = `${folder}/last/state.bin`;
    state = (await restoreState(store, statePath, model, optimizer, average)) ?? state;
    /** Steps that the training will have: an estimate where time ends it. */
    const expectedSteps = () =>
      training.minutes === null ? totalSteps : Math.min(totalSteps, Math.ceil(step / share()));
    yield {
      type: "job-started",
      job,
      step: state.step,
      totalSteps: training.steps ?? Math.max(training.validateEvery, state.step),
      ...(training.minutes !== null && { minutes: training.minutes }),
    };

    let losses = [...(state.losses ?? [])];
    const stopped = () => stoppedAt(state, training, (criterion) => goalOf(suite, criterion));
    started = now();
    let startedProcessor = run.processorTime?.();
    const measured = () => {
      const processorSeconds =
        startedProcessor === undefined
          ? state.processorSeconds
          : (state.processorSeconds ?? 0) + (run.processorTime?.() ?? startedProcessor) - startedProcessor;
      return {
        seconds: spent(),
        ...(processorSeconds !== undefined && { processorSeconds }),
      };
    };
    let reported = started;
    let reportedStep = state.step;
    for (step = state.step + 1; step <= totalSteps && !stopped(); step++) {
      pending.push(trainStep(optimizer, step, await drawBatch(step)));
      average?.update(step);
      const validating =
        step % training.validateEvery === 0 || step === totalSteps || (training.minutes !== null && share() === 1);
      const time = now();
      if (validating || time - reported >= reportInterval) {
        const read = await readLosses(pending, step);
        losses.push(...read);
        pending = [];
        if (!validating && isStopped(run.signal)) {
          const until = { ...state, ...measured(), step, losses };
          await saveState(store, statePath, until, model, optimizer, average);
          run.signal?.throwIfAborted();
        }
        const stepsPerSecond = (step - reportedStep) / (time - reported);
        yield { type: "step", job, step, totalSteps: expectedSteps(), loss: read.at(-1) as number, stepsPerSecond };
        await nextTurn(); // let timers, signals and messages through
        [reported, reportedStep] = [now(), step];
      }
      if (!validating) continue;

      const times = measured();
      average?.show();
      const { values, threshold, range } = await validate(suite, method, model, validation, run.cacheBytes);
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      losses = [];
      const point: HistoryPoint = { step, seconds: times.seconds, loss, validation: values };
      const best: Record<string, Best> = { ...state.best };
      for (const criterion of training.checkpoints) {
        const value = values[criterion];
        if (!isBetter(goalOf(suite, criterion), value, best[criterion]?.value)) continue;
        best[criterion] = { step, value: value as number, threshold }; // better than nothing, so a number
        const found = { criterion, step, value: value as number };
        await saveCheckpoint(store, `${folder}/checkpoints/${pathName(criterion)}`, model, notes(found, threshold));
        yield { type: "checkpoint", job, ...found };
      }
      average?.hide();
      const trap = detectTrap(range, share());
      if (trap) yield { type: "warning", job, ...trap };
      state = {
        step,
        ...times,
        best,
        history: [...state.history, point],
        warnings: trap ? [...state.warnings, trap] : state.warnings,
      };
      await saveState(store, statePath, state, model, optimizer, average);
      yield { type: "validation", job, totalSteps: expectedSteps(), point };
      started = now();
      startedProcessor = run.processorTime?.();
      [reported, reportedStep] = [started, step];
    }

    average?.show();
    if (training.checkpoints.every((criterion) => !state.best[criterion])) {
      // None was ever defined (a metric of an empty prediction, say): the last weights are the model.
      await saveCheckpoint(
        store,
        `${folder}/checkpoints/last`,
        model,
        notes({ criterion: "last", step: state.step, value: null }, 0.5),
      );
    }
    const tested = await testBest(run, job, method, model, state, normalize);
    const before =
      training.initial !== null && startingFolder !== undefined
        ? await scoresBefore(run, method, model, startingFolder, validation, normalize)
        : undefined;
    const result = { ...tested, ...(before && { before }) };
    const early = state.step < totalSteps ? stopped() : undefined;
    return { result: { ...result, ...(early && { stopped: early }) }, warnings: state.warnings };
  } catch (cause) {
    if (cause instanceof NoNumbersError) throw new TrainingFailure(step, `${cause.message} (at step ${step})`, "loss");
    if (!(cause instanceof DeviceError)) throw cause;
    throw new TrainingFailure(step, `${cause.message} (at step ${step})`, "device");
  } finally {
    dispose(pending);
    average?.dispose();
    model.dispose();
    optimizer.dispose();
  }
}

function isStopped(signal: OpenRun["signal"]): boolean {
  try {
    signal?.throwIfAborted();
    return false;
  } catch {
    return true;
  }
}

async function readLosses(pending: readonly Scalar[], lastStep: number): Promise<number[]> {
  const values: number[] = [];
  for (const [i, loss] of pending.entries()) {
    const value = (await loss.data())[0] as number;
    loss.dispose();
    values.push(value);
    if (!Number.isFinite(value)) {
      dispose([...pending.slice(i + 1)]);
      const step = lastStep - pending.length + 1 + i;
      throw new TrainingFailure(
        step,
        `the loss became ${value} at step ${step}. Try a smaller learning rate, more warm-up, or another loss.`,
        "loss",
      );
    }
  }
  return values;
}

/** What a fold is trained and validated on, and the normalisation that its model is trained and used with. */
async function prepareFold(run: OpenRun, fold: number, { training, images }: NetworkMethod, seed: string) {
  const { suite, samples } = run;
  const { normalization } = training;
  const { train, validation } = samplesOf(run, fold, images);
  const read = async function* () {
    for (const sample of train) yield (await samples.read(sample)).image;
  };
  const shared =
    normalization.scope === "training-set" ? await normalizationOfMany(normalization.method, read) : undefined;
  const known = new Map<string, Normalization>();
  const normalize: Normalize = ({ id, image }) => {
    const its = shared ?? known.get(id) ?? normalizationOf(normalization.method, [image]);
    known.set(id, its);
    return its;
  };
  const { augmentation } = suite;
  const validationSet: ValidationSet = {
    samples: validation,
    read: async (planned) => {
      const sample = await samples.read(planned);
      return augmentation?.validation
        ? augmentedImage(sample, normalize, augmentation, seed)
        : normalizedImage(sample, normalize);
    },
  };
  return { train, validation: validationSet, normalize, normalization: { ...normalization, ...shared } };
}

/** Predicts and scores the test images with the weights that were best by the first criterion. */
async function testBest(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
  model: LayersModel,
  { history, best, step, seconds, processorSeconds }: JobState,
  normalize: Normalize,
): Promise<RunResult> {
  const { training } = method;
  // A criterion that was never defined (a metric of an empty prediction, say) has no checkpoint: fall to the next, then to the last weights.
  const criterion = training.checkpoints.find((id) => best[id]);
  const chosen = criterion === undefined ? undefined : best[criterion];
  const validationAt = (at: number) => history.find((point) => point.step === at)?.validation ?? {};
  const criteria: NonNullable<RunResult["criteria"]> = [];
  const several = training.checkpoints.flatMap((id) => (best[id] ? [{ id, ...best[id] }] : []));
  for (const { id, step: at, value, threshold } of several.length > 1 ? several : []) {
    const same = criteria.find((each) => each.step === at);
    if (!same) await restoreCheckpoint(run.store, `${jobFolder(job)}/checkpoints/${pathName(id)}`, model);
    const { pooled } =
      same ?? (await scoresOnTest(run, threshold, (sample) => predict(model, method, sample.image, normalize(sample))));
    criteria.push({ criterion: id, step: at, value, threshold, validation: validationAt(at), pooled });
  }
  if (criterion !== undefined)
    await restoreCheckpoint(run.store, `${jobFolder(job)}/checkpoints/${pathName(criterion)}`, model);
  const threshold = chosen?.threshold ?? 0.5;
  const tested = await scoreTestImages(run, jobFolder(job), threshold, (sample) =>
    predict(model, method, sample.image, normalize(sample)),
  );
  const validationPredictions = `${jobFolder(job)}/validation`;
  for (const planned of samplesOf(run, job.fold).validation) {
    const sample = await run.samples.read(planned);
    const { width, height } = sample.image;
    const data = toUint16(await predict(model, method, sample.image, normalize(sample)));
    await run.store.write(
      `${validationPredictions}/${sample.id}.png`,
      probabilityPng({ width, height, data, maximum: 65535 }),
    );
  }
  return {
    fold: job.fold,
    seed: job.seed,
    state: "done",
    ...(criterion !== undefined && chosen && { checkpoint: { criterion, step: chosen.step, value: chosen.value } }),
    ...(criteria.length > 0 && { criteria }),
    threshold,
    steps: step,
    seconds,
    ...(processorSeconds !== undefined && { processorSeconds }),
    validation: validationAt(chosen?.step ?? step),
    history: [...history],
    ...tested,
    validationPredictions,
  };
}

/** What the weights that a training started from score, with the network as it is used. */
async function scoresBefore(
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

function goalOf(suite: Suite, criterion: string): Goal {
  return metricsByName(suite).get(criterion)?.goal ?? "minimize"; // the loss
}
