import { add, dispose, keep, mul, scalar, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** A running average of a model's weights, those of batch normalisation included, and which of the two the model has. */
export interface WeightAverage {
  /** Takes the weights after step t = 1, 2, … into the average. */
  update(step: number): void;
  /** The averages, in the order of the model's weights; its own. */
  tensors(): readonly Tensor[];
  /** Takes averages that were saved, copied. */
  restore(saved: readonly Tensor[]): void;
  /** Puts the averages into the model. */
  show(): void;
  /** Puts the weights back that the training goes on with. */
  hide(): void;
  dispose(): void;
}

/**
 * Averages the weights of a model from now on: a ← d a + (1 − d) w after each step, with d = min(`decay`, (1 + t) / (10 + t)),
 * so that the first weights, which are random, are soon forgotten (as tf.train.ExponentialMovingAverage does).
 */
export function averageWeights(model: LayersModel, decay: number): WeightAverage {
  const variables = model.weights.map((weight) => weight.read() as Variable); // layer weights are variables
  let averages = variables.map(copyOf);
  let trained: Tensor[] | undefined;
  return {
    update(step) {
      const kept = decayAt(step, decay);
      tidy(() => {
        const [old, fresh] = [scalar(kept), scalar(1 - kept)];
        averages = averages.map((average, i) => {
          const moved = tidy(() => keep(add(mul(average, old), mul(variables[i] as Variable, fresh)))); // one for each
          average.dispose();
          return moved;
        });
      });
    },
    tensors: () => averages,
    restore(saved) {
      dispose(averages);
      averages = saved.map(copyOf);
    },
    show() {
      if (trained) return;
      trained = variables.map(copyOf);
      assign(averages);
    },
    hide() {
      if (!trained) return;
      assign(trained);
      dispose(trained);
      trained = undefined;
    },
    dispose() {
      dispose([...averages, ...(trained ?? [])]);
    },
  };

  function assign(tensors: readonly Tensor[]): void {
    for (const [i, tensor] of tensors.entries()) variables[i]?.assign(tensor);
  }
}

/** The share of the average that step t keeps. */
export function decayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}

/** Shares the data: nothing is copied. */
function copyOf(tensor: Tensor): Tensor {
  return tidy(() => keep(tensor.clone()));
}
