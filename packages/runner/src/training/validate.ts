import {
  compare,
  createScorer,
  EmStellarError,
  type Metric,
  nextTurn,
  type ProbabilityMap,
  type Raster,
} from "@em-stellar/core";
import { tensor4d, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { NetworkMethod } from "../method.js";
import type { PlannedSample } from "../plan.js";
import { predictImage } from "../prediction/predict-image.js";
import { defaultCacheBytes } from "../samples.js";
import type { Suite } from "../suite.js";
import { metricsByName } from "../suite-metrics.js";
import { lossWithout } from "./ignored-loss.js";
import { createThresholdPicker } from "./threshold.js";
import type { ValidationImage } from "./validation-images.js";

/** Bytes that predicting a validation or test image may take: beyond, it is done in tiles. wasm has 4 GiB, of which the training holds some. */
export const predictionMemory = 2 * 2 ** 30;

/** The images that a training is validated on, read when they are needed. */
export interface ValidationSet {
  readonly samples: readonly PlannedSample[];
  read(sample: PlannedSample): Promise<ValidationImage>;
}

/** What a validation found. */
export interface Validation {
  readonly threshold: number;
  /** `loss` and every metric. */
  readonly values: Record<string, number | null>;
  /** Lowest and highest probability of all pixels. */
  readonly range: Readonly<Record<"lowest" | "highest", number>>;
}

/** A network that predicts no numbers any more: no metric can judge it, and no further step brings it back. */
export class NoNumbersError extends EmStellarError {}

/**
 * Loss and every metric on whole validation images, one after the other, at the threshold that the suite asks for. Where that
 * is to be picked, predictions are kept up to so many bytes until it is; the others are made a second time. Throws
 * `NoNumbersError`.
 */
export async function validate(
  suite: Suite,
  method: NetworkMethod,
  model: LayersModel,
  { samples, read }: ValidationSet,
  bytes = defaultCacheBytes,
): Promise<Validation> {
  const scorer = createScorer(suite.metrics);
  const ranking = metricsByName(suite).get(suite.rankBy) as Metric; // defineSuite made sure of it
  const picker = method.training.threshold === "validation" ? createThresholdPicker(ranking) : undefined;
  const kept = new Map<string, ProbabilityMap>();
  let left = bytes;
  let loss = 0;
  const range = { lowest: Number.POSITIVE_INFINITY, highest: Number.NEGATIVE_INFINITY };
  for (const planned of samples) {
    const sample = await read(planned);
    const prediction = await predicted(model, method, sample);
    if (prediction.data.every(Number.isNaN)) {
      throw new NoNumbersError(
        `the prediction of ${sample.id} became NaN. Try a smaller learning rate, more warm-up, or another loss.`,
      );
    }
    loss += await lossOf(method, sample, prediction.data);
    widen(range, prediction.data);
    await nextTurn();
    if (!picker) scorer.add(sample.id, compare(truthOf(sample), { ...prediction, threshold: 0.5 }));
    else {
      picker.add(truthOf(sample), prediction);
      left -= prediction.data.byteLength;
      if (left >= 0) kept.set(planned.id, prediction);
    }
  }
  const threshold = picker?.pick() ?? 0.5;
  for (const planned of picker ? samples : []) {
    const sample = await read(planned);
    const prediction = kept.get(planned.id) ?? (await predicted(model, method, sample));
    scorer.add(sample.id, compare(truthOf(sample), { ...prediction, threshold }));
  }
  return { threshold, values: { loss: loss / samples.length, ...scorer.result().pooled }, range };
}

/** The probabilities of an image's pixels. */
export async function predict(
  model: LayersModel,
  { network: { stride }, training: { testTimeAugmentation } }: NetworkMethod,
  image: Raster,
  normalization: ValidationImage["normalization"],
): Promise<Float32Array> {
  const options = { stride, normalization, memory: predictionMemory, testTimeAugmentation };
  return (await predictImage(model, image, options)).data;
}

async function predicted(model: LayersModel, method: NetworkMethod, { image, normalization }: ValidationImage) {
  const { width, height } = image;
  return { width, height, data: await predict(model, method, image, normalization), maximum: 1 };
}

function truthOf({ image: { width, height }, mask, ignored }: ValidationImage): ProbabilityMap {
  return { width, height, data: mask, maximum: 1, ...(ignored && { ignored }) };
}

async function lossOf(
  method: NetworkMethod,
  { mask, ignored, image }: ValidationImage,
  prediction: Float32Array,
): Promise<number> {
  const shape: [number, number, number, number] = [1, image.height, image.width, 1];
  const tensorOf = (values: Uint8Array | Float32Array) => tensor4d(Float32Array.from(values), shape);
  const loss = tidy(() =>
    lossWithout(ignored && tensorOf(ignored), method.loss, tensorOf(mask), tensor4d(prediction, shape)),
  );
  const value = (await loss.data())[0] as number;
  loss.dispose();
  return value;
}

function widen(range: Record<"lowest" | "highest", number>, values: Float32Array): void {
  let { lowest, highest } = range;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  Object.assign(range, { lowest, highest });
}
