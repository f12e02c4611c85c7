import {
  createRandom,
  EmStellarError,
  type Goal,
  type HistoryPoint,
  isBetter,
  type JobId,
  type Metric,
  nextTurn,
  type Raster,
  type RunEvent,
  type RunResult,
} from "@em-stellar/core";
import { DeviceError } from "@em-stellar/core/training";
import { type Normalization, normalizationOf } from "@em-stellar/data";
import {
  dispose,
  type Optimizer,
  type Scalar,
  type Tensor4D,
  tensor4d,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { LoadedSample } from "../loaded-sample.js";
import type { NetworkMethod } from "../method.js";
import { now } from "../now.js";
import { jobFolder, type OpenRun } from "../open-run.js";
import { predictImage } from "../prediction/predict-image.js";
import { score } from "../score.js";
import type { Suite } from "../suite.js";
import { metricsByName, pathName } from "../suite-metrics.js";
import { createBatches } from "./batch.js";
import { restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { describeModel } from "./describe-model.js";
import { createDropoutSeeder } from "./dropout.js";
import { type Best, type JobState, restoreState, saveState } from "./job-state.js";
import { scoreTestImages } from "./test-images.js";
import { pickThreshold } from "./threshold.js";
import { createTrapDetector } from "./traps.js";
import { augmentedImages, type Normalize, normalizedImages, type ValidationImage } from "./validation-images.js";
import { warmUp } from "./warm-up.js";

/** Seconds between two `step` events: losses are read back from the device together, not at every step. */
const reportInterval = 0.25;

/** Bytes that predicting a validation or test image may take: beyond, it is done in tiles. wasm has 4 GiB, of which the training holds some. */
const predictionMemory = 3 * 2 ** 30;

/** A training that cannot go on: its loss is no longer a number. */
export class TrainingFailure extends EmStellarError {
  override readonly name = "TrainingFailure";
  readonly step: number;

  constructor(step: number, message: string) {
    super(message);
    this.step = step;
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
  const { training } = suite;
  const totalSteps = training.steps;
  const folder = jobFolder(job);
  const { train, normalize, normalization, ...fold } = prepareFold(run, job.fold);

  // Neither seed depends on the method: every network meets the same patches in the same order.
  const seed = `${job.seed}/fold-${job.fold}`;
  const validation = suite.augmentation?.validation
    ? await augmentedImages(fold.validation, normalize, suite.augmentation, seed)
    : normalizedImages(fold.validation, normalize);
  const channels = train[0]?.image.channels ?? 1;
  const weightSeeds = createRandom(`${seed}/weights`);
  const built = method.network.build([null, null, channels], () => weightSeeds.integer(2 ** 31));
  const model = device.prepare(built);
  const notes = describeModel(run, job, method, train, normalization);
  const optimizer = method.optimizer.create({ totalSteps });
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable); // layer weights are variables
  const drawBatch = createBatches(train, train.map(normalize), training, suite.augmentation, seed);
  const seedDropout = createDropoutSeeder(model, seed);
  const detectTrap = createTrapDetector();
  const trainStep = (rule: Optimizer, at: number): Scalar => {
    const { images, masks } = drawBatch(at);
    seedDropout(at);
    try {
      return rule.minimize(
        () => method.loss.compute(masks, model.apply(images, { training: true }) as Tensor4D), // one output
        true,
        variables,
      ) as Scalar; // returnCost is true
    } finally {
      dispose([images, masks]);
    }
  };
  let step = 0;
  let pending: Scalar[] = [];

  try {
    const trial = method.optimizer.create({ totalSteps });
    for await (const left of warmUp(device, model, () => trainStep(trial, 1)))
      yield { type: "job-warming-up", job, left };
    trial.dispose();
    const statePath = `${folder}/last/state.bin`;
    let state: JobState = (await restoreState(store, statePath, model, optimizer)) ?? {
      step: 0,
      seconds: 0,
      history: [],
      best: {},
      warnings: [],
    };
    yield { type: "job-started", job, step: state.step, totalSteps };

    let losses: number[] = [];
    let started = now();
    let reported = started;
    let reportedStep = state.step;
    for (step = state.step + 1; step <= totalSteps; step++) {
      pending.push(trainStep(optimizer, step));
      const validating = step % training.validateEvery === 0 || step === totalSteps;
      const time = now();
      if (validating || time - reported >= reportInterval) {
        const read = await readLosses(pending, step);
        losses.push(...read);
        pending = [];
        const stepsPerSecond = (step - reportedStep) / (time - reported);
        yield { type: "step", job, step, totalSteps, loss: read.at(-1) as number, stepsPerSecond };
        await nextTurn(); // let timers, signals and messages through
        [reported, reportedStep] = [now(), step];
      }
      if (!validating) continue;

      const seconds = state.seconds + now() - started;
      const { values, threshold, predictions } = await validate(run, method, model, validation);
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      losses = [];
      const point: HistoryPoint = { step, seconds, loss, validation: values };
      const best: Record<string, Best> = { ...state.best };
      for (const criterion of training.checkpoints) {
        const value = values[criterion];
        if (!isBetter(goalOf(suite, criterion), value, best[criterion]?.value)) continue;
        best[criterion] = { step, value: value as number, threshold }; // better than nothing, so a number
        const found = { criterion, step, value: value as number };
        await saveCheckpoint(store, `${folder}/checkpoints/${pathName(criterion)}`, model, notes(found, threshold));
        yield { type: "checkpoint", job, ...found };
      }
      const trap = detectTrap(predictions);
      if (trap) yield { type: "warning", job, ...trap };
      state = {
        step,
        seconds,
        best,
        history: [...state.history, point],
        warnings: trap ? [...state.warnings, trap] : state.warnings,
      };
      await saveState(store, statePath, state, model, optimizer);
      yield { type: "validation", job, totalSteps, point };
      started = now();
      [reported, reportedStep] = [started, step];
    }

    const result = await testBest(run, job, method, model, state, normalize);
    return { result, warnings: state.warnings };
  } catch (cause) {
    if (!(cause instanceof DeviceError)) throw cause;
    throw new TrainingFailure(step, `${cause.message} (at step ${step})`);
  } finally {
    dispose(pending);
    model.dispose();
    optimizer.dispose();
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
      );
    }
  }
  return values;
}

/** The fold's images, and the normalisation that its model is trained and used with. */
function prepareFold({ suite, train, folds }: OpenRun, fold: number) {
  const { normalization } = suite.training;
  const part = folds[fold];
  if (!part) throw new EmStellarError(`There is no fold ${fold}: the suite has ${folds.length}, counted from 0.`);
  const pick = (indices: readonly number[]) => indices.map((i) => train[i] as LoadedSample); // splitFolds indexes `train`
  const training = pick(part.train);
  const shared =
    normalization.scope === "training-set"
      ? normalizationOf(
          normalization.method,
          training.map(({ image }) => image),
        )
      : undefined;
  const normalize: Normalize = ({ image }) => shared ?? normalizationOf(normalization.method, [image]);
  return {
    train: training,
    validation: pick(part.validation),
    normalize,
    normalization: { ...normalization, ...shared },
  };
}

/** Loss and every metric on whole validation images, at the threshold that the suite asks for. */
async function validate(
  { suite }: OpenRun,
  method: NetworkMethod,
  model: LayersModel,
  samples: readonly ValidationImage[],
) {
  let loss = 0;
  const scored = [];
  for (const sample of samples) {
    const { width, height } = sample.image;
    const prediction = await predict(model, method, sample.image, sample.normalization);
    loss += await lossOf(method, sample, prediction);
    await nextTurn();
    scored.push({
      image: sample.id,
      truth: { width, height, data: sample.mask, maximum: 1 },
      prediction: { width, height, data: prediction, maximum: 1 },
    });
  }
  const ranking = metricsByName(suite).get(suite.rankBy) as Metric; // defineSuite made sure of it
  const threshold = suite.training.threshold === "validation" ? pickThreshold(ranking, scored) : 0.5;
  const thresholded = scored.map(({ prediction, ...rest }) => ({ ...rest, prediction: { ...prediction, threshold } }));
  const values: Record<string, number | null> = {
    loss: loss / samples.length,
    ...score(suite.metrics, thresholded).pooled,
  };
  return {
    threshold,
    values,
    predictions: scored.map(({ prediction }) => prediction.data),
  };
}

async function predict(
  model: LayersModel,
  { network: { stride } }: NetworkMethod,
  image: Raster,
  normalization: Normalization,
): Promise<Float32Array> {
  return (await predictImage(model, image, { stride, normalization, memory: predictionMemory })).data;
}

async function lossOf(
  method: NetworkMethod,
  { mask, image }: ValidationImage,
  prediction: Float32Array,
): Promise<number> {
  const shape: [number, number, number, number] = [1, image.height, image.width, 1];
  const loss = tidy(() => method.loss.compute(tensor4d(Float32Array.from(mask), shape), tensor4d(prediction, shape)));
  const value = (await loss.data())[0] as number;
  loss.dispose();
  return value;
}

/** Predicts and scores the test images with the weights that were best by the first criterion. */
async function testBest(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
  model: LayersModel,
  { history, best, step, seconds }: JobState,
  normalize: Normalize,
): Promise<RunResult> {
  const { training } = run.suite;
  // A criterion that was never defined (a metric of an empty prediction, say) has no checkpoint: fall to the next, then to the last weights.
  const criterion = training.checkpoints.find((id) => best[id]);
  const chosen = criterion === undefined ? undefined : best[criterion];
  if (criterion !== undefined)
    await restoreCheckpoint(run.store, `${jobFolder(job)}/checkpoints/${pathName(criterion)}`, model);
  const threshold = chosen?.threshold ?? 0.5;
  const tested = await scoreTestImages(run, jobFolder(job), threshold, (sample) =>
    predict(model, method, sample.image, normalize(sample)),
  );
  return {
    fold: job.fold,
    seed: job.seed,
    state: "done",
    ...(criterion !== undefined && chosen && { checkpoint: { criterion, step: chosen.step, value: chosen.value } }),
    threshold,
    steps: step,
    seconds,
    validation: history.find((point) => point.step === (chosen?.step ?? step))?.validation ?? {},
    history: [...history],
    ...tested,
  };
}

function goalOf(suite: Suite, criterion: string): Goal {
  return metricsByName(suite).get(criterion)?.goal ?? "minimize"; // the loss
}
