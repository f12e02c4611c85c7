import { createRandom } from "@em-stellar/core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/**
 * Gives every dropout layer a new seed for a step, and for each part of its batch. tfjs-layers draws the mask from the layer's seed at each call, so without
 * this a seeded layer drops the same units for the whole training, and an unseeded one cannot be reproduced.
 */
export function createDropoutSeeder(model: LayersModel, seed: string): (step: number, part?: number) => void {
  const layers = model.layers.filter((layer) => /Dropout/.test(layer.getClassName()));
  if (layers.length === 0) return () => {};
  return (step, part = 0) => {
    const random = createRandom(`${seed}/dropout-${step}${part === 0 ? "" : `/${part}`}`);
    for (const layer of layers) Object.assign(layer, { seed: random.integer(2 ** 31) });
  };
}
