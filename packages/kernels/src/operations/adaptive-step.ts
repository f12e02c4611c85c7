import { add, div, mul, type Scalar, scalar, sqrt, square, sub, type Tensor } from "@tensorflow/tfjs-core";
import { runForAll, type WeightUpdate } from "./run-for-all.js";

/**
 * Name of the tfjs kernel that a backend may register to update all weights in one pass.
 *
 * Inputs: a list (as of tfjs's Concat) of weight, gradient, first, second of one weight after another, four float32 tensors of
 * one shape. Attributes: {@link AdaptiveStep}. Outputs: weight, first, second of one weight after another. For each element:
 *
 *     first  ← beta1 · first + gradient
 *     second ← beta2 · second + gradient²
 *     weight ← keep · weight − stepSize · (adaptive ? first / (√second + epsilon) : first)
 *
 * NaN and Infinity go through. It runs outside any gradient tape. The kernel may write over weight, first and second where no
 * other tensor shares their data, and then gives outputs that do; the caller takes the outputs and reads these inputs no more.
 * A backend that keeps something made of a weight (XNNPACK keeps packed filters) has to renew it.
 */
export const adaptiveStepKernel = "EmStellarAdaptiveStep";

/**
 * The numbers of one step. The moments are decaying sums, not means, which saves two passes: (1 − beta), the correction of
 * the bias and the rectification are folded into `stepSize` and `epsilon`, in double precision.
 */
export interface AdaptiveStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  /** Above 0. */
  readonly epsilon: number;
  /** 1, or less where weights decay. */
  readonly keep: number;
  /** Whether the step is divided by the root of the second moment. */
  readonly adaptive: boolean;
}

/** Updates all weights; their slots are the first and the second moment. Call it inside a `tidy`. */
export function adaptiveStep(step: AdaptiveStep, weights: readonly WeightUpdate[]): Tensor[][] {
  return runForAll(adaptiveStepKernel, step, weights) ?? composed(step, weights);
}

function composed(step: AdaptiveStep, weights: readonly WeightUpdate[]): Tensor[][] {
  // Scalars made once for all weights: tfjs would make a tensor of each number at each use.
  const [beta1, beta2, stepSize, epsilon, keep] = [step.beta1, step.beta2, step.stepSize, step.epsilon, step.keep].map(
    (value) => scalar(value),
  ) as [Scalar, Scalar, Scalar, Scalar, Scalar]; // five in, five out
  return weights.map(({ weight, gradient, slots }) => {
    const [first, second] = slots as [Tensor, Tensor];
    const newFirst = add(mul(first, beta1), gradient);
    const newSecond = add(mul(second, beta2), square(gradient));
    const direction = step.adaptive ? div(newFirst, add(sqrt(newSecond), epsilon)) : newFirst;
    const kept = step.keep === 1 ? weight : mul(weight, keep);
    return [sub(kept, mul(direction, stepSize)), newFirst, newSecond];
  });
}
