import type { SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Layer } from "./network.js";

/** Puts a layer of one output behind symbolic tensors: `layer.apply`, whose own type needs a cast at every use. */
export function applyLayer(layer: Layer, input: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(input) as SymbolicTensor; // what a layer of one output gives for symbolic input
}
