import { add, log, mul, neg, pow, type Scalar, square, sub, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { clipProbability } from "./clip-probability.js";
import { lossByKernel } from "./loss-by-kernel.js";
import { meanPixels } from "./reduce-pixels.js";

/**
 * Name of the tfjs kernel that a backend may register for losses that are a mean over pixels, with their gradient.
 *
 * Inputs `{ truth, prediction }`: y and p, two float32 tensors of one shape. Attributes: {@link PixelLoss}. Outputs: the loss,
 * a new float32 scalar, and its gradient to p, a new float32 tensor of p's shape. With p held in [1e-7, 1 − 1e-7] and
 * q = 1 − p, the loss is the mean of
 *
 *     −[object · y · q^gamma · ln p + background · (1 − y) · p^gamma · ln q]
 *
 * and the gradient is 0 where p was beyond that range. NaN in y or p makes the loss NaN. Sums over pixels should be kept in
 * double precision or in parts. It runs outside any gradient tape; y is a constant to it.
 */
export const pixelLossKernel = "EmStellarPixelLoss";

/** The numbers of the formula of {@link pixelLossKernel}. */
export interface PixelLoss {
  /** Weight of object pixels, 0 or more. */
  readonly object: number;
  /** Weight of background pixels, 0 or more. */
  readonly background: number;
  /** How strongly pixels that are already right count less, 0 or more. */
  readonly gamma: number;
}

/** Cross-entropy with weights and focus: by the kernel, or composed of tfjs's operations. */
export function pixelLoss(truth: Tensor4D, prediction: Tensor4D, numbers: PixelLoss): Scalar {
  return lossByKernel(pixelLossKernel, numbers, truth, prediction) ?? composed(truth, prediction, numbers);
}

function composed(truth: Tensor4D, prediction: Tensor4D, numbers: PixelLoss): Scalar {
  const { gamma } = numbers;
  const p = clipProbability(prediction);
  const q = sub(1, p);
  // By the square where it is one: a general power is several times slower.
  const power = (x: Tensor) => (gamma === 2 ? square(x) : pow(x, gamma));
  const focused = (x: Tensor, weight: number, factor: Tensor) => {
    const value = gamma === 0 ? log(x) : mul(power(factor), log(x));
    return weight === 1 ? value : mul(value, weight);
  };
  const background = focused(q, numbers.background, p);
  const object = focused(p, numbers.object, q);
  return neg(meanPixels(add(background, mul(truth, sub(object, background)))));
}
