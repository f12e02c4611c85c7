import {
  add,
  clipByValue,
  dispose,
  log,
  mean,
  mul,
  neg,
  type Optimizer,
  randomNormal,
  type Scalar,
  sub,
  type Tensor4D,
  tensor4d,
  type Variable,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { createRandom } from "../random.js";

/** Images of standard normal noise, times a factor. */
export function randomImages(shape: readonly [number, number, number, number], factor = 1): Tensor4D {
  return randomNormal([...shape], 0, factor, "float32", 1);
}

/** Two bright discs in noise, 2 × side × side pixels, and their masks of 0 and 1. */
export function discs(side: number): { readonly images: Float32Array; readonly masks: Float32Array } {
  const random = createRandom("discs");
  const images = new Float32Array(2 * side * side);
  const masks = new Float32Array(2 * side * side);
  for (let image = 0; image < 2; image++) {
    const radius = random.uniform(0.25, 0.35) * side;
    const [centreX, centreY] = [random.uniform(0.35, 0.65) * side, random.uniform(0.35, 0.65) * side];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const at = (image * side + y) * side + x;
        const inside = Math.hypot(x - centreX, y - centreY) < radius ? 1 : 0;
        masks[at] = inside;
        images[at] = 2 * inside - 1 + 0.5 * random.normal();
      }
    }
  }
  return { images, masks };
}

/** The mean cross-entropy of a prediction. */
function crossEntropy(masks: Tensor4D, prediction: Tensor4D): Scalar {
  const p = clipByValue(prediction, 1e-7, 1 - 1e-7);
  const object = mul(masks, log(p));
  const background = mul(sub(1, masks), log(sub(1, p)));
  return neg(mean(add(object, background)));
}

/** Trains a model on the discs; a step gives the loss before it. */
export function trainer(model: LayersModel, side: number, optimizer: Optimizer) {
  const shape: [number, number, number, number] = [2, side, side, 1];
  const values = discs(side);
  const [images, masks] = [tensor4d(values.images, shape), tensor4d(values.masks, shape)];
  const variables = variablesOf(model);
  return {
    async step(): Promise<number> {
      const cost = optimizer.minimize(
        () => crossEntropy(masks, model.apply(images, { training: true }) as Tensor4D), // checkBuilding: one output
        true,
        variables,
      ) as Scalar; // returnCost is true
      const [loss] = await cost.data();
      cost.dispose();
      return loss as number;
    },
    dispose(): void {
      dispose([images, masks]);
      optimizer.dispose();
    },
  };
}

/** What training changes. */
export function variablesOf(model: LayersModel): Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as Variable); // layer weights are variables
}
