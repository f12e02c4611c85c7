import { InputError } from "@em-stellar/core";
import {
  add,
  dispose,
  div,
  maximum,
  mul,
  type NamedTensorMap,
  Optimizer,
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
import { keepingActivations, recomputingActivations } from "./loss-gradients.js";

/**
 * Makes the function that does one step of a training: `optimizer` changes the model's weights by the gradient of the mean
 * loss over `parts` of equal size, which are computed one after the other, scaled down where its norm exceeds
 * `clipGradients`. Gives the mean loss, which the caller disposes. With `recompute`, throws `InputError` where the model cannot
 * be taken apart.
 */
export function createTrainStep(
  model: LayersModel,
  { loss }: Pick<NetworkMethod, "loss">,
  {
    clipGradients,
    recompute = false,
  }: Pick<TrainingOptions, "clipGradients"> & Partial<Pick<TrainingOptions, "recompute">>,
  seed: string,
): (optimizer: Optimizer, step: number, parts: readonly (() => Batch)[]) => Scalar {
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable); // layer weights are variables
  const seedDropout = createDropoutSeeder(model, seed);
  const compute = recompute ? recomputingActivations(model) : keepingActivations(model);
  if (typeof compute === "string") throw new InputError(cannotRecompute(`the network ${compute}`));
  const onPart = <T>(
    make: () => Batch,
    step: number,
    part: number,
    use: (images: Tensor4D, lossOf: (prediction: Tensor4D) => Scalar) => T,
  ): T => {
    const { images, masks, ignored } = make();
    seedDropout(step, part);
    try {
      return use(images, (prediction) => lossWithout(ignored, loss, masks, prediction));
    } finally {
      dispose({ images, masks, ...(ignored && { ignored }) });
    }
  };
  const predicted = (images: Tensor4D) => model.apply(images, { training: true }) as Tensor4D; // one output
  return (optimizer, step, parts) => {
    const isOwn = hasOwnGradients(optimizer);
    if (isOwn && recompute)
      throw new InputError(cannotRecompute("the optimizer computes gradients in a way of its own"));
    const [only] = parts;
    if (isOwn && only && parts.length === 1 && clipGradients === null) {
      return onPart(
        only,
        step,
        0,
        (images, lossOf) => optimizer.minimize(() => lossOf(predicted(images)), true, variables) as Scalar, // returnCost is true
      );
    }
    const losses: Scalar[] = [];
    let gradients: NamedTensorMap = {};
    for (const [i, part] of parts.entries()) {
      const { value, grads } = onPart(part, step, i, (images, lossOf) =>
        isOwn
          ? optimizer.computeGradients(() => lossOf(predicted(images)), variables)
          : compute(images, lossOf, variables),
      );
      losses.push(value);
      gradients = i === 0 ? grads : added(gradients, grads);
    }
    const scaled =
      parts.length === 1 && clipGradients === null
        ? gradients
        : scaledGradients(gradients, parts.length, clipGradients);
    // tfjs gives no gradient for a weight that the loss does not depend on
    optimizer.applyGradients(variables.flatMap(({ name }) => ofName(name, scaled[name])));
    dispose(scaled);
    return meanOf(losses);
  };
}

function cannotRecompute(reason: string): string {
  return `training.recompute is true, but ${reason}, so its activations cannot be computed again. Leave training.recompute out, and use a smaller training.microBatch to save memory.`;
}

/** Whether an optimizer does more for its gradients than tfjs's own. */
function hasOwnGradients({ minimize, computeGradients }: Optimizer): boolean {
  return minimize !== Optimizer.prototype.minimize || computeGradients !== Optimizer.prototype.computeGradients;
}

function ofName(name: string, tensor: Tensor | undefined) {
  return tensor ? [{ name, tensor }] : [];
}

/** The mean of losses, which are disposed. */
function meanOf(losses: readonly Scalar[]): Scalar {
  const [only] = losses;
  if (only && losses.length === 1) return only;
  const mean = tidy(
    () =>
      mul(
        losses.reduce((total, value) => add(total, value)),
        1 / losses.length,
      ) as Scalar,
  );
  dispose([...losses]);
  return mean;
}

/** The sums of two sets of gradients, which are disposed. */
function added(a: NamedTensorMap, b: NamedTensorMap): NamedTensorMap {
  return mapped(a, (tensor, name) => {
    const other = b[name] as Tensor; // of the same variables
    const total = add(tensor, other);
    other.dispose();
    return total;
  });
}

/** Each tensor by its name made into another, and disposed before the next one is made. */
function mapped(tensors: NamedTensorMap, make: (tensor: Tensor, name: string) => Tensor): NamedTensorMap {
  const made: NamedTensorMap = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    made[name] = make(tensor, name);
    tensor.dispose();
  }
  return made;
}

/**
 * Of sums over `parts` the means, and of these, where their norm all together exceeds `largest`, as much as has that norm. The
 * sums are disposed.
 */
function scaledGradients(sums: NamedTensorMap, parts: number, largest: number | null): NamedTensorMap {
  const factor = tidy(() =>
    largest === null ? scalar(1 / parts) : clippingFactor(Object.values(sums), parts, largest),
  );
  const means = mapped(sums, (tensor) => mul(tensor, factor));
  factor.dispose();
  return means;
}

function clippingFactor(sums: readonly Tensor[], parts: number, largest: number): Tensor {
  const squares = sums.map((tensor) => tidy(() => sum(square(tensor))));
  const norm = sqrt(squares.reduce((total, value) => add(total, value)));
  return div(largest, maximum(norm, largest * parts)); // largest / max(norm of the mean, largest) / parts
}
