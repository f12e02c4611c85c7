import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

/** A weight, the gradient of the loss by it, and what the optimizer keeps for it. */
export interface WeightUpdate {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  readonly slots: readonly Tensor[];
}

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

/** The inputs of such a kernel, `each` of one weight after another, by weight. */
export function perWeight(inputs: NamedTensorInfoMap, each: number): TensorInfo[][] {
  const list = inputs as unknown as readonly TensorInfo[]; // as above
  return Array.from({ length: list.length / each }, (_, i) => list.slice(i * each, (i + 1) * each));
}
