import { createRandom } from "@em-stellar/core";
import { tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/**
 * Kernels as after He; biases and the statistics of normalisation stay as they are at first. So every layer has its say,
 * where some networks start with a prediction of nearly 0.5 everywhere.
 */
export function drawKernels(model: LayersModel, seed: string): void {
  const random = createRandom(seed);
  for (const variable of model.weights) {
    const { shape } = variable;
    if (shape.length < 4) continue;
    const size = shape.reduce<number>((product, side) => product * (side ?? 1), 1);
    const deviation = Math.sqrt((2 * (shape.at(-1) ?? 1)) / size);
    tidy(() => {
      const kernel = Float32Array.from({ length: size }, () => deviation * random.normal());
      variable.write(tensor(kernel, shape as number[])); // a weight's sides are known
    });
  }
}
