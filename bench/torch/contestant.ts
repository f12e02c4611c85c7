import type { Device } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { describeNetwork } from "../gpu/describe-network.js";
import type { Case } from "../training-step/cases.js";
import { steadyAdam, trainer } from "../training-step/step.js";
import { type EncodedTensor, encode, type Load, type Task } from "./peer.js";

/** Our side: a network on the current backend that trains, or predicts. */
export interface Contestant {
  /** The same for the other side: weights and images as they are now. */
  describe(): Promise<Load>;
  /** A training step: its loss. A prediction: its values. */
  work(): Promise<ArrayLike<number>>;
  dispose(): void;
}

/** Makes one, with random weights of which none, nor a moving average, has a value that would hide it. */
export function contestant(which: Case, task: Task, prepare: Device["prepare"]): Contestant {
  if (task === "training step") {
    const { model, images, masks, step, dispose } = trainer(which, prepare, false);
    moveWeights(model);
    return {
      describe: () => describe(task, model, images, masks),
      work: async () => [await step()],
      dispose,
    };
  }
  let seed = 1;
  const model = prepare(which.network().build([which.side, which.side, 1], () => seed++));
  moveWeights(model);
  const images = tf.randomUniform([which.batch, which.side, which.side, 1], 0, 1, "float32", 1);
  return {
    describe: () => describe(task, model, images, images),
    async work() {
      const prediction = model.predict(images) as tf.Tensor; // describeNetwork wants one output
      const values = (await prediction.data()) as Float32Array; // tensors of dtype float32 come as such
      prediction.dispose();
      return values;
    },
    dispose() {
      images.dispose();
      model.dispose();
    },
  };
}

/** Moves each weight by up to 0.02 up or down, little beside the random ones; variances, which are never negative, up. */
function moveWeights(model: LayersModel): void {
  for (const [index, weight] of model.weights.entries()) {
    const lowest = weight.originalName.includes("variance") ? 0 : -0.02;
    tf.tidy(() => {
      const value = weight.read();
      weight.write(tf.add(value, tf.randomUniform(value.shape, lowest, 0.02, "float32", index + 1)));
    });
  }
}

async function describe(task: Task, model: LayersModel, images: tf.Tensor, masks: tf.Tensor): Promise<Load> {
  const weights: Record<string, EncodedTensor[]> = {};
  for (const layer of model.layers) weights[layer.name] = await Promise.all(layer.getWeights().map(encoded));
  return {
    task,
    network: describeNetwork(model),
    weights,
    images: await encoded(images),
    masks: await encoded(masks),
    adam: steadyAdam.options,
  };
}

async function encoded(tensor: tf.Tensor): Promise<EncodedTensor> {
  return { shape: tensor.shape, values: encode((await tensor.data()) as Float32Array) };
}
