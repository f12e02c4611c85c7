import { wasm } from "@em-stellar/backend-wasm";
import { createRandom } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { adam } from "@em-stellar/optimizers";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { builtins } from "em-stellar";
import { memoryNeed } from "../../packages/runner/src/training/memory-need.js";
import { createTrainStep } from "../../packages/runner/src/training/train-step.js";
import { defaultTraining } from "../../packages/runner/src/training-options.js";

/** A training whose memory is measured. */
export interface Case {
  readonly network: string;
  readonly base: number;
  readonly side: number;
  readonly batch: number;
  readonly microBatch: number;
  readonly recompute: boolean;
  readonly steps: number;
  /** Plain gradient descent with this rate; `null`: Adam. */
  readonly rate: number | null;
}

export interface Trained {
  readonly losses: readonly number[];
  /** Size of the memory of wasm. */
  readonly heapMiB: number;
}

/** The network of a case, without dropout and with a head that no first step leaves dead. */
function networkOf({ network: id, base }: Pick<Case, "network" | "base">): Network {
  const factory = builtins.lookup("network", id);
  const wanted = { baseFilters: base, dropout: null, head: "stable" };
  return factory(Object.fromEntries(Object.entries(wanted).filter(([name]) => name in factory.defaults)));
}

/** Images and their masks, [batch, side, side, 1] each: bright squares in noise. */
export function imagesOf({ side, batch }: Pick<Case, "side" | "batch">): { images: Float32Array; masks: Float32Array } {
  const random = createRandom("images");
  const isObject = (i: number) => (i >> 5) % 3 === 0 && (Math.floor(i / side) >> 5) % 3 === 0;
  const masks = Float32Array.from({ length: batch * side * side }, (_, i) => Number(isObject(i)));
  return { masks, images: masks.map((mask) => mask + random.uniform(-1, 1)) };
}

/** Trains on `wasm`. `see` is shown the model before the first step. */
export async function train(given: Case, see: (model: LayersModel) => void = () => {}): Promise<Trained> {
  const { side, batch, microBatch, recompute, steps, rate } = given;
  const device = await wasm().start();
  const random = createRandom("weights");
  const model = device.prepare(networkOf(given).build([null, null, 1], () => random.integer(2 ** 31)));
  see(model);
  const { images, masks } = imagesOf(given);
  const parts = Array.from({ length: batch / microBatch }, (_, part) => () => {
    const cut = (values: Float32Array) => {
      const size = microBatch * side * side;
      return tf.tensor4d(values.subarray(part * size, (part + 1) * size), [microBatch, side, side, 1]);
    };
    return { images: cut(images), masks: cut(masks) };
  });
  const step = createTrainStep(model, { loss: binaryCrossEntropy() }, { clipGradients: null, recompute }, "seed");
  const optimizer = rate === null ? adam().create({ totalSteps: 1000 }) : tf.train.sgd(rate);
  const losses: number[] = [];
  for (let i = 1; i <= steps; i++) {
    const loss = step(optimizer, i, parts);
    losses.push((await loss.data())[0] as number);
    loss.dispose();
  }
  const heapMiB = Math.round(device.peakBytes() / 2 ** 20);
  await device.dispose();
  return { losses, heapMiB };
}

/** MiB that a run tells before it starts to train with Adam. */
export async function rehearse(given: Case): Promise<number> {
  const { network, side, batch, microBatch, recompute } = given;
  const device = await wasm().start();
  const training = { ...defaultTraining, patch: side, batchSize: batch, microBatch, recompute };
  const parts = { network: networkOf(given), loss: binaryCrossEntropy(), optimizer: adam(), training };
  const method = { kind: "network", name: network, ...parts } as const;
  const bytes = await memoryNeed(device, method, [{ width: side, height: side, channels: 1 }]);
  await device.dispose();
  return Math.round((bytes ?? Number.NaN) / 2 ** 20);
}
