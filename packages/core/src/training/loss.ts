import { type Scalar, Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import type { Component, Definition, Factory } from "../component.js";
import { EmStellarError } from "../errors.js";
import { defineComponent } from "../options.js";

/** What training minimises. */
export interface Loss<Id extends string = string> extends Component<"loss", Id> {
  /**
   * Both [batch, height, width, 1]; truth is 0 or 1 (background, object), the prediction a probability. It takes any `Tensor`,
   * so that it fits `model.compile({ loss })` of tfjs, and throws an `EmStellarError` for one of another shape, or where its
   * author's function gives something else than a scalar.
   */
  readonly compute: (truth: Tensor, prediction: Tensor) => Scalar;
}

export interface LossDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly compute: (truth: Tensor4D, prediction: Tensor4D, options: Options) => Scalar;
}

/** Declares a loss. */
export function defineLoss<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: LossDefinition<Id, Defaults, Options>,
): Factory<Loss<Id>, Options> {
  const { id } = definition;
  return defineComponent("loss", definition, (options) => ({
    compute(truth: Tensor, prediction: Tensor): Scalar {
      if (!isMaps(truth) || !isMaps(prediction) || String(truth.shape) !== String(prediction.shape)) {
        throw new EmStellarError(
          `loss "${id}" takes truth and prediction of one shape, [batch, height, width, 1], but was given ${JSON.stringify(truth.shape)} and ${JSON.stringify(prediction.shape)}.`,
        );
      }
      return requireScalar(id, definition.compute(truth, prediction, options));
    },
  }));
}

function isMaps(tensor: Tensor): tensor is Tensor4D {
  return tensor.rank === 4;
}

/** Authors in JavaScript have no compiler that tells them. */
function requireScalar(id: string, value: unknown): Scalar {
  if (value instanceof Tensor) {
    if (value.rank === 0) return value as Scalar; // that is what a tensor of rank 0 is
    throw new EmStellarError(
      `loss "${id}" gives a tensor of the shape ${JSON.stringify(value.shape)}, where one number is needed. Take the mean of it: mean(…).`,
    );
  }
  const given = value instanceof Promise ? "a promise" : String(value);
  throw new EmStellarError(
    `loss "${id}" gives ${given}, where a scalar tensor is needed. Compute it with the operations of tfjs, such as mean(squaredDifference(truth, prediction)), and return it.`,
  );
}
