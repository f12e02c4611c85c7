import { add, div, log, mul, neg, type Scalar, sub, type Tensor4D } from "@tensorflow/tfjs-core";
import { lossByKernel } from "./loss-by-kernel.js";
import { sumPixels } from "./reduce-pixels.js";

/**
 * Name of the tfjs kernel that a backend may register for losses of overlap, with their gradient.
 *
 * Inputs `{ truth, prediction }`: y and p, two float32 tensors of one shape. Attributes: {@link OverlapLoss}. Outputs: the
 * loss, a new float32 scalar, and its gradient to p, a new float32 tensor of p's shape. With I = Σ y p and S = Σ y + Σ p over
 * all pixels, which should be kept in double precision or in parts,
 *
 *     a = numerator · I + smooth     b = S − denominator · I + smooth     loss = logarithm ? −ln(a / b) : −a / b
 *
 * NaN in y or p makes the loss NaN. It runs outside any gradient tape; y is a constant to it.
 */
export const overlapLossKernel = "EmStellarOverlapLoss";

/** The numbers of the formula of {@link overlapLossKernel}. */
export interface OverlapLoss {
  readonly numerator: number;
  readonly denominator: number;
  /** Above 0. */
  readonly smooth: number;
  readonly logarithm: boolean;
}

/** A ratio of overlap over the whole batch: by the kernel, or composed of tfjs's operations. */
export function overlapLoss(truth: Tensor4D, prediction: Tensor4D, numbers: OverlapLoss): Scalar {
  return lossByKernel(overlapLossKernel, numbers, truth, prediction) ?? composed(truth, prediction, numbers);
}

function composed(
  truth: Tensor4D,
  prediction: Tensor4D,
  { numerator, denominator, smooth, logarithm }: OverlapLoss,
): Scalar {
  const intersection = sumPixels(mul(truth, prediction));
  const total = sumPixels(add(truth, prediction));
  const above = add(mul(intersection, numerator), smooth);
  const below = add(sub(total, mul(intersection, denominator)), smooth);
  return logarithm ? log(div(below, above)) : neg(div(above, below));
}
