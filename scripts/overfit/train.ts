import { createRandom } from "@em-stellar/core";
import type { Device, Network, Optimizer } from "@em-stellar/core/training";
import { binaryCrossEntropy } from "@em-stellar/losses";
import * as tf from "@tensorflow/tfjs-core";
import { jaccardIndex } from "./jaccard-index.js";
import type { Patch } from "./patch.js";
import { type Run, wanted } from "./result.js";

const interval = 10;

/** Trains a network on one patch until it knows it by heart, or for the steps allowed. */
export async function overfit(
  device: Device,
  network: Network,
  optimizer: Optimizer,
  { image, mask, place: { side } }: Patch,
  seed: number,
): Promise<Run> {
  const random = createRandom(seed);
  const model = device.prepare(network.build([side, side, 1], () => random.integer(2 ** 31)));
  const machine = optimizer.create({ totalSteps: wanted.steps });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable); // layer weights are variables
  const loss = binaryCrossEntropy();
  const [x, y] = [tf.tensor4d(image, [1, side, side, 1]), tf.tensor4d(mask, [1, side, side, 1])];
  const start = performance.now();
  let reached = 0;
  let step = 0;
  while (step < wanted.steps && !(reached > wanted.jaccard)) {
    for (let i = 0; i < interval; i++) {
      machine.minimize(
        () => loss.compute(y, model.apply(x, { training: true }) as tf.Tensor4D), // one output
        false,
        variables,
      );
    }
    step += interval;
    const prediction = model.predict(x) as tf.Tensor;
    reached = jaccardIndex(mask, (await prediction.data()) as Float32Array); // float32
    prediction.dispose();
  }
  const seconds = (performance.now() - start) / 1000;
  tf.dispose([x, y]);
  machine.dispose();
  model.dispose();
  return { seed, steps: reached > wanted.jaccard ? step : null, jaccard: round(reached), seconds: round(seconds) };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
