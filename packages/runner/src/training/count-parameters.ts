import type { MethodResult } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";

/** Trainable weights, and the others (moving averages), of a network built for so many channels. */
export function countParameters(network: Network, channels: number): NonNullable<MethodResult["parameters"]> {
  const model = network.build([null, null, channels], () => 1);
  const count = (weights: typeof model.weights) =>
    weights.reduce((sum, { shape }) => sum + shape.reduce<number>((product, side) => product * (side ?? 1), 1), 0);
  const parameters = { trainable: count(model.trainableWeights), nonTrainable: count(model.nonTrainableWeights) };
  model.dispose();
  return parameters;
}
