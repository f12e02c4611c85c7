import type { TensorInfo } from "@tensorflow/tfjs-core";

const balanced = new WeakSet<object>();

/**
 * Notes that the values of each channel of a tensor add up to zero, as those of the gradient that leaves a batch normalization do:
 * what is added to all of a channel the normalization takes away again. So the bias of a convolution before it has no gradient;
 * a sum would only find what rounding left.
 */
export function markBalanced({ dataId }: TensorInfo): void {
  balanced.add(dataId);
}

/** Whether the values of each channel are known to add up to zero. */
export function isBalanced({ dataId }: TensorInfo): boolean {
  return balanced.has(dataId);
}
