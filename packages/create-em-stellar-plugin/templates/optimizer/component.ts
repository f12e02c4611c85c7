import { numberWithin } from "@em-stellar/core";
import { defineOptimizer } from "@em-stellar/core/training";
import { train } from "@tensorflow/tfjs-core";

export interface NewOptimizerOptions {
  learningRate: number;
}

const defaults: NewOptimizerOptions = { learningRate: 1e-2 };

/** Gradient descent with one learning rate for all steps. */
export const newOptimizer = defineOptimizer({
  id: "new-optimizer",
  summary: "Plain gradient descent with a constant learning rate",
  defaults,
  check: numberWithin("learningRate", { above: 0, suchAs: "0.01" }),
  create: (_plan, { learningRate }: NewOptimizerOptions) => train.sgd(learningRate),
});
