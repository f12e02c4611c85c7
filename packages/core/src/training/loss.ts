import type { Scalar, Tensor4D } from "@tensorflow/tfjs-core";
import type { Component, Definition, Factory } from "../component.js";
import { defineComponent } from "../options.js";

/** What training minimises. */
export interface Loss<Id extends string = string> extends Component<"loss", Id> {
  /** Both [batch, height, width, 1]; truth is 0 or 1 (background, object), the prediction a probability. */
  compute(truth: Tensor4D, prediction: Tensor4D): Scalar;
}

export interface LossDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly compute: (truth: Tensor4D, prediction: Tensor4D, options: Options) => Scalar;
}

/** Declares a loss. */
export function defineLoss<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: LossDefinition<Id, Defaults, Options>,
): Factory<Loss<Id>, Options> {
  return defineComponent("loss", definition, (options) => ({
    compute: (truth: Tensor4D, prediction: Tensor4D) => definition.compute(truth, prediction, options),
  }));
}
