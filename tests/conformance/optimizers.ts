import type { Optimizer } from "@em-stellar/core/training";
import { adam, radam, sgd } from "@em-stellar/optimizers";
import { type Tensor, variable } from "@tensorflow/tfjs-core";
import type { Case, Topic } from "../../packages/kernels/src/testing/case.js";
import { type Reference, sample } from "../../packages/kernels/src/testing/reference.js";

/** One weight's way, as the rule is published: its value after each of the gradients. */
type Rule = (weight: number, gradients: readonly number[]) => number;

const [beta1, beta2, epsilon, rate, decay] = [0.9, 0.99, 1e-3, 0.125, 0.5] as const;

/** Adam with decoupled weight decay; RAdam where `rectified`. */
const adaptive =
  (rectified: boolean, weightDecay: number): Rule =>
  (start, gradients) => {
    let [weight, first, second] = [start, 0, 0];
    for (const [i, gradient] of gradients.entries()) {
      const t = i + 1;
      first = beta1 * first + (1 - beta1) * gradient;
      second = beta2 * second + (1 - beta2) * gradient ** 2;
      const mean = first / (1 - beta1 ** t);
      const deviation = Math.sqrt(second / (1 - beta2 ** t)) + epsilon;
      const longest = 2 / (1 - beta2) - 1;
      const length = longest - (2 * t * beta2 ** t) / (1 - beta2 ** t);
      const share = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
      const step = !rectified ? mean / deviation : length < 5 ? mean : (Math.sqrt(share) * mean) / deviation;
      weight = weight - rate * weightDecay * weight - rate * step;
    }
    return weight;
  };

const descent =
  (momentum: number, weightDecay: number): Rule =>
  (start, gradients) => {
    let [weight, velocity] = [start, 0];
    for (const gradient of gradients) {
      velocity = momentum * velocity + gradient;
      weight = weight - rate * weightDecay * weight - rate * velocity;
    }
    return weight;
  };

const steady = { learningRate: rate, warmupProportion: 0, minLearningRate: null };
const shared = { ...steady, beta1, beta2, epsilon };
const rules: readonly (readonly [name: string, optimizer: Optimizer, rule: Rule])[] = [
  ["Adam", adam(shared), adaptive(false, 0)],
  ["Adam with weight decay", adam({ ...shared, weightDecay: decay }), adaptive(false, decay)],
  ["RAdam", radam(shared), adaptive(true, 0)],
  ["RAdam with weight decay", radam({ ...shared, weightDecay: decay }), adaptive(true, decay)],
  ["SGD", sgd({ ...steady, momentum: 0 }), descent(0, 0)],
  ["SGD with momentum", sgd({ ...steady, momentum: 0.75 }), descent(0.75, 0)],
  ["SGD with momentum and weight decay", sgd({ ...steady, momentum: 0.75, weightDecay: decay }), descent(0.75, decay)],
];
/** Kernels, biases and slopes of few and many values: all weights of a network, stepped together. */
const shapes = [[1], [19], [1, 1, 8], [3, 3, 5, 7]] as const;

/** Seven steps: RAdam rectifies from the sixth on. */
const steps = 7;

function optimizerCase([name, optimizer, rule]: (typeof rules)[number], spoilt: boolean): Case {
  const weights = shapes.map((shape, i) => sample(i, shape));
  const gradients = Array.from({ length: steps }, (_, t) => shapes.map((shape, i) => sample(10 * (t + 1) + i, shape)));
  const [first] = gradients as [Reference[]];
  if (spoilt) (first[1] as Reference).values[3] = Number.NaN;
  return {
    name: `${name}, weights after ${steps} steps${spoilt ? ", of which one met NaN" : ""}`,
    inputs: [...weights, ...gradients.flat()],
    run(given) {
      const variables = shapes.map((_, i) => variable(given[i] as Tensor));
      const machine = optimizer.create({ totalSteps: steps });
      for (let t = 1; t <= steps; t++) {
        machine.applyGradients(
          variables.map(({ name }, i) => ({ name, tensor: given[t * shapes.length + i] as Tensor })),
        );
      }
      const now = variables.map((weight) => weight.clone());
      machine.dispose();
      return now;
    },
    expected: () =>
      weights.map(({ shape, values }, i) => ({
        shape,
        values: values.map((value, j) =>
          rule(
            value,
            gradients.map((step) => (step[i] as Reference).values[j] as number),
          ),
        ),
      })),
    differentiated: [],
  };
}

export const optimizerTopic: Topic = {
  name: "optimizers",
  cases: rules.flatMap((rule) => [optimizerCase(rule, false), optimizerCase(rule, true)]),
};
