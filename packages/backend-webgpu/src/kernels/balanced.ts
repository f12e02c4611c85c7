import type { TensorInfo } from "@tensorflow/tfjs-core";

/** By their data, which a tensor of another shape may share, with the number of channels. */
const balanced = new WeakMap<object, number>();

/**
 * Notes that the values of each channel of a tensor add up to zero, as those of the gradient that leaves a batch normalization do:
 * what is added to all of a channel the normalization takes away again. So the bias of a convolution before it has no gradient;
 * a sum would only find what rounding left.
 */
export function markBalanced({ dataId, shape }: TensorInfo): void {
  balanced.set(dataId, shape.at(-1) as number); // an image
}

/** Whether the values of each channel are known to add up to zero. */
export function isBalanced({ dataId, shape }: TensorInfo): boolean {
  return shape.length > 0 && balanced.get(dataId) === shape.at(-1);
}
