import {
  add,
  dispose,
  div,
  maximum,
  mul,
  type NamedTensorMap,
  type Optimizer,
  type Scalar,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { NetworkMethod } from "../method.js";
import type { TrainingOptions } from "../training-options.js";
import type { Batch } from "./batch.js";
import { createDropoutSeeder } from "./dropout.js";
import { lossWithout } from "./ignored-loss.js";

/**
 * Makes the function that does one step of a training: `optimizer` changes the model's weights by the gradient of the mean
 * loss over `parts` of equal size, which are computed one after the other, scaled down where its norm exceeds
 * `clipGradients`. Gives the mean loss, which the caller disposes.
 */
export function createTrainStep(
  model: LayersModel,
  { loss }: Pick<NetworkMethod, "loss">,
  { clipGradients }: Pick<TrainingOptions, "clipGradients">,
  seed: string,
): (optimizer: Optimizer, step: number, parts: readonly (() => Batch)[]) => Scalar {
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable); // layer weights are variables
  const seedDropout = createDropoutSeeder(model, seed);
  const onPart = <T>(make: () => Batch, step: number, part: number, use: (lossOfPart: () => Scalar) => T): T => {
    const { images, masks, ignored } = make();
    seedDropout(step, part);
    try {
      return use(() => lossWithout(ignored, loss, masks, model.apply(images, { training: true }) as Tensor4D)); // one output
    } finally {
      dispose({ images, masks, ...(ignored && { ignored }) });
    }
  };
  return (optimizer, step, parts) => {
    const [only] = parts;
    if (only && parts.length === 1 && clipGradients === null) {
      return onPart(only, step, 0, (lossOfPart) => optimizer.minimize(lossOfPart, true, variables) as Scalar); // returnCost is true
    }
    const losses: Scalar[] = [];
    let gradients: NamedTensorMap = {};
    for (const [i, part] of parts.entries()) {
      const { value, grads } = onPart(part, step, i, (lossOfPart) => optimizer.computeGradients(lossOfPart, variables));
      losses.push(value);
      gradients = i === 0 ? grads : added(gradients, grads);
    }
    const scaled = tidy(() => scaledGradients(gradients, parts.length, clipGradients));
    // tfjs gives no gradient for a weight that the loss does not depend on
    optimizer.applyGradients(variables.flatMap(({ name }) => ofName(name, scaled[name])));
    const mean = tidy(
      () =>
        mul(
          losses.reduce((total, value) => add(total, value)),
          1 / parts.length,
        ) as Scalar,
    );
    dispose([...losses, gradients, scaled]);
    return mean;
  };
}

function ofName(name: string, tensor: Tensor | undefined) {
  return tensor ? [{ name, tensor }] : [];
}

/** The sums of two sets of gradients, which are disposed. */
function added(a: NamedTensorMap, b: NamedTensorMap): NamedTensorMap {
  const sums = Object.entries(a).map(([name, tensor]) => [name, add(tensor, b[name] as Tensor)]); // of the same variables
  dispose([a, b]);
  return Object.fromEntries(sums);
}

/** Of sums over `parts` the means, and of these, where their norm all together exceeds `largest`, as much as has that norm. */
function scaledGradients(sums: NamedTensorMap, parts: number, largest: number | null): NamedTensorMap {
  const factor = largest === null ? scalar(1 / parts) : clippingFactor(Object.values(sums), parts, largest);
  return Object.fromEntries(Object.entries(sums).map(([name, tensor]) => [name, mul(tensor, factor)]));
}

function clippingFactor(sums: readonly Tensor[], parts: number, largest: number): Tensor {
  const squares = sums.map((tensor) => tidy(() => sum(square(tensor))));
  const norm = sqrt(squares.reduce((total, value) => add(total, value)));
  return div(largest, maximum(norm, largest * parts)); // largest / max(norm of the mean, largest) / parts
}
