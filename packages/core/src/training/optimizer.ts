import type { Optimizer as TfOptimizer } from "@tensorflow/tfjs-core";
import type { Component, Definition, Factory } from "../component.js";
import { defineComponent } from "../options.js";

/** How long training will be, and how it goes: what learning-rate schedules are tied to. */
export interface TrainingPlan {
  readonly totalSteps: number;
  /** The part of the training that is over, above 0 to 1; only where time may end it before `totalSteps`. */
  share?(): number;
  /** The loss of every validation so far, oldest first; absent where the training has none. */
  validationLosses?(): readonly number[];
}

/** How gradients become new weights. */
export interface Optimizer<Id extends string = string> extends Component<"optimizer", Id> {
  /** A fresh optimizer, for one training. Its `getWeights` and `setWeights` save and restore all of its state. */
  create(plan: TrainingPlan): TfOptimizer;
}

export interface OptimizerDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly create: (plan: TrainingPlan, options: Options) => TfOptimizer;
}

/** Declares an optimizer. */
export function defineOptimizer<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: OptimizerDefinition<Id, Defaults, Options>,
): Factory<Optimizer<Id>, Options> {
  return defineComponent("optimizer", definition, (options) => ({
    create: (plan: TrainingPlan) => definition.create(plan, options),
  }));
}
