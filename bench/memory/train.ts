import { wasm } from "@em-stellar/backend-wasm";
import { createRandom } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { adam } from "@em-stellar/optimizers";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { builtins } from "em-stellar";
import { createTrainStep } from "../../packages/runner/src/training/train-step.js";

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
