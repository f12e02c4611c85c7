import { add, mul, scalar, sub, type Tensor } from "@tensorflow/tfjs-core";
import { runForAll, type WeightUpdate } from "./run-for-all.js";

/**
 * Name of the tfjs kernel that a backend may register for a step of gradient descent of all weights in one pass.
 *
 * Inputs: a list of weight, gradient and, where `momentum` is above 0, velocity of one weight after another, float32 tensors of
 * one shape. Attributes: {@link MomentumStep}. Outputs: weight and, if given, velocity of one weight after another. For each
 * element:
 *
 *     velocity ← momentum · velocity + gradient          (with momentum 0: gradient)
 *     weight   ← keep · weight − stepSize · velocity
 *
 * As to writing over the inputs, and to all else, as `adaptiveStepKernel`.
 */
export const momentumStepKernel = "EmStellarMomentumStep";

/** The numbers of one step. */
export interface MomentumStep {
  /** From 0 (none) to below 1. */
  readonly momentum: number;
  readonly stepSize: number;
  /** 1, or less where weights decay. */
  readonly keep: number;
}

/** Updates all weights; where there is momentum, their slot is the velocity, else they have none. Call it inside a `tidy`. */
export function momentumStep(step: MomentumStep, weights: readonly WeightUpdate[]): Tensor[][] {
  return runForAll(momentumStepKernel, step, weights) ?? composed(step, weights);
}

function composed(step: MomentumStep, weights: readonly WeightUpdate[]): Tensor[][] {
  const [stepSize, momentum] = [scalar(step.stepSize), scalar(step.momentum)];
  const keep = step.keep < 1 ? scalar(step.keep) : undefined;
  return weights.map(({ weight, gradient, slots: [velocity] }) => {
    const direction = velocity ? add(mul(velocity, momentum), gradient) : gradient;
    const updated = sub(keep ? mul(weight, keep) : weight, mul(direction, stepSize));
    return velocity ? [updated, direction] : [updated];
  });
}
