import type { Tensor } from "@tensorflow/tfjs-core";
import type { layers } from "@tensorflow/tfjs-layers";

/** Lets a built layer compute with the given tensors in place of its weights, so that gradients flow to them. A weight left out stays. */
export function withWeights<Layer extends layers.Layer>(layer: Layer, given: readonly Tensor[]): Layer {
  given.forEach((tensor, i) => {
    Object.assign(layer.weights[i] as object, { read: () => tensor });
  });
  return layer;
}
