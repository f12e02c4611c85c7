import type { NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";

/** A step of Adam, RAdam and their like; the contract stands in `@em-stellar/optimizers`, which calls the kernel by name. */
export interface AdaptiveStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  readonly epsilon: number;
  readonly keep: number;
  readonly adaptive: boolean;
}

export const adaptiveStepName = "EmStellarAdaptiveStep";

/** The inputs, `each` of one weight after another, by weight. */
export function perWeight(inputs: NamedTensorInfoMap, each: number): TensorInfo[][] {
  const list = inputs as unknown as readonly TensorInfo[]; // tfjs passes lists under the type of a map
  return Array.from({ length: list.length / each }, (_, i) => list.slice(i * each, (i + 1) * each));
}
