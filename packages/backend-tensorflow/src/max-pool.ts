import { attributesOf } from "@em-stellar/kernels/backend";
import {
  avgPool,
  isNaN as isNotANumber,
  type KernelConfig,
  lessEqual,
  type MaxPoolAttrs,
  type Tensor,
  type Tensor4D,
  tidy,
  where,
} from "@tensorflow/tfjs-core";

/** The least finite number in single precision, from which TensorFlow's maximum starts. */
const least = -(2 - 2 ** -23) * 2 ** 127;

/**
 * Max pooling that keeps NaN and negative infinity, which TensorFlow's loses: a network that has diverged would seem well.
 * The average of a window is NaN where one of its values is (or where infinities of both signs meet, which is as bad).
 */
export function maxPool(stock: KernelConfig): KernelConfig {
  return {
    ...stock,
    kernelFunc(call) {
      const { x } = call.inputs as { x: Tensor };
      const { filterSize, strides, pad, dimRoundingMode } = attributesOf<MaxPoolAttrs>(call.attrs);
      return tidy(() => {
        const maxima = stock.kernelFunc(call) as Tensor; // tfjs-node's kernels give tensors, not only their data
        const means = avgPool(x as Tensor4D, filterSize, strides, pad, dimRoundingMode);
        const found = where(lessEqual(maxima, least), Number.NEGATIVE_INFINITY, maxima);
        return where(isNotANumber(means), means, found);
      });
    },
  };
}
