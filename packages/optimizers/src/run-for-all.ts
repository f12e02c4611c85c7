import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { WeightUpdate } from "./stepped-optimizer.js";

/**
 * Updates all weights by one kernel, where the current backend has it and the weights are float32; else undefined. The
 * kernel's inputs are a list: each weight, its gradient, its slots; its outputs likewise each new weight and its new slots.
 */
export function runForAll(
  kernelName: string,
  attributes: object,
  weights: readonly WeightUpdate[],
): Tensor[][] | undefined {
  const fits = weights.every(({ weight, gradient }) => weight.dtype === "float32" && gradient.dtype === "float32");
  if (!fits || !getKernel(kernelName, getBackend())) return undefined;
  const inputs = weights.flatMap(({ weight, gradient, slots }) => [weight, gradient, ...slots]);
  const attrs: NamedAttrMap = { ...attributes };
  // tfjs passes lists, as of its own Concat, under the type of a map.
  const outputs: Tensor[] = engine().runKernel(kernelName, inputs as unknown as NamedTensorMap, attrs);
  const each = outputs.length / weights.length;
  return weights.map((_, i) => outputs.slice(i * each, (i + 1) * each));
}
