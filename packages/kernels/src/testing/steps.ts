import { mul, type Tensor } from "@tensorflow/tfjs-core";
import { type AdaptiveStep, adaptiveStep } from "../operations/adaptive-step.js";
import { type MomentumStep, momentumStep } from "../operations/momentum-step.js";
import type { WeightUpdate } from "../operations/run-for-all.js";
import type { Case, Topic } from "./case.js";
import { type Reference, sample } from "./reference.js";

/** One element's way: its weight, gradient and slots before a step, and its weight and slots after it. */
type Rule = (weight: number, gradient: number, slots: readonly number[]) => readonly number[];

/** Kernels, biases and slopes of few and many values: all weights of a network, stepped together. */
const shapes = [[1], [19], [1, 1, 8], [3, 3, 5, 7]] as const;

function adaptiveRule({ beta1, beta2, stepSize, epsilon, keep, adaptive }: AdaptiveStep): Rule {
  return (weight, gradient, [before = 0, squares = 0]) => {
    const [first, second] = [beta1 * before + gradient, beta2 * squares + gradient ** 2];
    return [keep * weight - stepSize * (adaptive ? first / (Math.sqrt(second) + epsilon) : first), first, second];
  };
}

function momentumRule({ momentum, stepSize, keep }: MomentumStep): Rule {
  return (weight, gradient, [before]) => {
    const velocity = before === undefined ? gradient : momentum * before + gradient;
    const updated = keep * weight - stepSize * velocity;
    return before === undefined ? [updated] : [updated, velocity];
  };
}

function stepCase(
  name: string,
  slotCount: number,
  step: (weights: readonly WeightUpdate[]) => Tensor[][],
  rule: Rule,
): Case {
  const each = 2 + slotCount;
  // Slots of squares are not negative.
  const inputs = shapes.flatMap((shape, i): Reference[] =>
    Array.from({ length: each }, (_, which) => {
      const { values } = sample(10 * which + i, shape);
      return { shape, values: which === 3 ? values.map(Math.abs) : values };
    }),
  );
  return {
    name,
    inputs,
    run(given) {
      const copies = given.map((input) => mul(input, 1)); // the kernel may write over the weight and its slots
      const weights = shapes.map((_, i) => {
        const [weight, gradient, ...slots] = copies.slice(i * each, (i + 1) * each) as [Tensor, Tensor, ...Tensor[]];
        return { weight, gradient, slots };
      });
      return step(weights).flat();
    },
    expected: () =>
      shapes.flatMap((shape, i): Reference[] => {
        const [weight, gradient, ...slots] = inputs.slice(i * each, (i + 1) * each) as [
          Reference,
          Reference,
          ...Reference[],
        ];
        const after = Array.from(weight.values, (value, at) =>
          rule(
            value,
            gradient.values[at] as number,
            slots.map(({ values }) => values[at] as number),
          ),
        );
        return Array.from({ length: 1 + slotCount }, (_, which) => ({
          shape,
          values: Float64Array.from(after, (values) => values[which] as number),
        }));
      }),
    differentiated: [],
  };
}

const adaptive: AdaptiveStep = {
  beta1: 0.875,
  beta2: 0.75,
  stepSize: 0.125,
  epsilon: 2 ** -10,
  keep: 1,
  adaptive: true,
};
const momentum: MomentumStep = { momentum: 0.75, stepSize: 0.125, keep: 1 };

function adaptiveCase(name: string, numbers: AdaptiveStep): Case {
  return stepCase(name, 2, (weights) => adaptiveStep(numbers, weights), adaptiveRule(numbers));
}

function momentumCase(name: string, numbers: MomentumStep): Case {
  const slotCount = numbers.momentum > 0 ? 1 : 0;
  return stepCase(name, slotCount, (weights) => momentumStep(numbers, weights), momentumRule(numbers));
}

export const steps: Topic = {
  name: "steps of an optimizer",
  cases: [
    adaptiveCase("divided by the root of the second moment", adaptive),
    adaptiveCase("not divided, while weights decay", { ...adaptive, adaptive: false, keep: 0.9375 }),
    momentumCase("with momentum", momentum),
    momentumCase("without momentum, while weights decay", { ...momentum, momentum: 0, keep: 0.9375 }),
  ],
};
