import type { ImageShape, Layer, Network } from "@em-stellar/core/training";
import { initializers, type LayersModel, type LayerVariable, layers, type Shape } from "@tensorflow/tfjs-layers";

type AddWeight = (this: Layer, name: string, shape: Shape, dtype: unknown, ...rest: unknown[]) => LayerVariable;

/**
 * Builds a network all of whose weights are zeros. Drawing them at random is nearly all of the time that a build takes, and
 * tfjs can leave it out only for models that it loads; so, while the network is being built, every layer asks for zeros.
 */
export function buildWithZeros(network: Network, shape: ImageShape): LayersModel {
  const base = layers.Layer.prototype as unknown as { addWeight: AddWeight }; // protected, meant for subclasses
  const { addWeight } = base;
  base.addWeight = function (name, shape, dtype, _start, ...rest) {
    return addWeight.call(this, name, shape, dtype, initializers.zeros(), ...rest);
  };
  try {
    return network.build(shape, () => 1);
  } finally {
    base.addWeight = addWeight;
  }
}
