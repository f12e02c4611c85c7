import {
  add,
  div,
  engine,
  getBackend,
  getKernel,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  type Scalar,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
} from "@tensorflow/tfjs-core";

/**
 * Name of the tfjs kernel that a backend may register to update a weight in one pass.
 *
 * Inputs `{ weight, gradient, first, second }`: four float32 tensors of one shape. Attributes: {@link AdaptiveStep}.
 * Outputs `[weight, first, second]`: three new float32 tensors of that shape; the inputs stay as they are (XNNPACK caches
 * packed filters by tensor, so a weight changed in place would leave convolutions with the old one). For each element:
 *
 *     first  ← beta1 · first + gradient
 *     second ← beta2 · second + gradient²
 *     weight ← keep · weight − stepSize · (adaptive ? first / (√second + epsilon) : first)
 *
 * NaN and Infinity go through. It runs outside any gradient tape.
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

/** Gives a function that updates one weight after another; call both inside one `tidy`. */
export function beginAdaptiveStep(
  step: AdaptiveStep,
): (weight: Tensor, gradient: Tensor, ...moments: Tensor[]) => Tensor[] {
  if (getKernel(adaptiveStepKernel, getBackend())) {
    const attributes: NamedAttrMap = { ...step };
    return (weight, gradient, first, second) => {
      const inputs: NamedTensorMap = { weight, gradient, first, second };
      return engine().runKernel(adaptiveStepKernel, inputs, attributes);
    };
  }
  // Scalars made once for all weights: tfjs would make a tensor of each number at each use.
  const [beta1, beta2, stepSize, epsilon, keep] = [step.beta1, step.beta2, step.stepSize, step.epsilon, step.keep].map(
    (value) => scalar(value),
  ) as [Scalar, Scalar, Scalar, Scalar, Scalar]; // five in, five out
  return (weight, gradient, first, second) => {
    const newFirst = add(mul(first, beta1), gradient);
    const newSecond = add(mul(second, beta2), square(gradient));
    const direction = step.adaptive ? div(newFirst, add(sqrt(newSecond), epsilon)) : newFirst;
    const kept = step.keep === 1 ? weight : mul(weight, keep);
    return [sub(kept, mul(direction, stepSize)), newFirst, newSecond];
  };
}
