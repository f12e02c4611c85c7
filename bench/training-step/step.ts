import type { Device } from "@em-stellar/core/training";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { adam } from "@em-stellar/optimizers";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Case } from "./cases.js";

/** Adam with its usual options and one learning rate from the first step on. */
export const steadyAdam = adam({ warmupProportion: 0, schedule: "constant" });

export interface Trainer {
  readonly model: LayersModel;
  /** Random grey values; the masks are their bright pixels. */
  readonly images: tf.Tensor4D;
  readonly masks: tf.Tensor4D;
  /** Forward, loss, backward and the optimizer's update, of which nothing is read; the loss is the caller's to dispose. */
  queue(): tf.Scalar;
  /** The same, and waits for the loss. */
  step(): Promise<number>;
  dispose(): void;
}

/** A network with all that a training step needs. `plain`: with the loss and the optimizer of tfjs alone. */
export function trainer({ network, side, batch }: Case, prepare: Device["prepare"], plain: boolean): Trainer {
  let seed = 1;
  const model = prepare(network().build([side, side, 1], () => seed++));
  const optimizer = plain ? tf.train.adam(1e-3) : steadyAdam.create({ totalSteps: 1e6 });
  const x = tf.randomUniform<tf.Rank.R4>([batch, side, side, 1], 0, 1, "float32", 1);
  const truth = tf.tidy(() => tf.cast(tf.greater(x, 0.5), "float32") as tf.Tensor4D);
  // LayerVariable keeps its variable in a protected member, which an optimizer needs.
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  const loss = binaryCrossEntropy();
  const crossEntropy = (prediction: tf.Tensor4D): tf.Scalar => {
    const clipped = tf.clipByValue(prediction, 1e-7, 1 - 1e-7);
    const object = tf.mul(truth, tf.log(clipped));
    const background = tf.mul(tf.sub(1, truth), tf.log(tf.sub(1, clipped)));
    return tf.neg(tf.mean(tf.add(object, background)));
  };
  const queue = () =>
    optimizer.minimize(
      () => {
        const prediction = model.apply(x, { training: true }) as tf.Tensor4D;
        return plain ? crossEntropy(prediction) : loss.compute(truth, prediction);
      },
      true,
      variables,
    ) as tf.Scalar;
  return {
    model,
    images: x,
    masks: truth,
    queue,
    async step() {
      const cost = queue();
      const [value] = await cost.data();
      cost.dispose();
      return value as number;
    },
    dispose() {
      tf.dispose([x, truth]);
      optimizer.dispose();
      model.dispose();
    },
  };
}
