import type { Component, Definition, Factory } from "./component.js";
import { defineComponent } from "./options.js";
import type { ProbabilityMap } from "./raster.js";

/** Makes one prediction out of several of the same image. */
export interface Ensemble<Id extends string = string> extends Component<"ensemble", Id> {
  /** The maps have one size; each carries the threshold of the model that made it. */
  combine(predictions: readonly ProbabilityMap[]): ProbabilityMap;
}

export interface EnsembleDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly combine: (predictions: readonly ProbabilityMap[], options: Options) => ProbabilityMap;
}

/** Declares an ensemble. */
export function defineEnsemble<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: EnsembleDefinition<Id, Defaults, Options>,
): Factory<Ensemble<Id>, Options> {
  return defineComponent("ensemble", definition, (options) => ({
    combine: (predictions: readonly ProbabilityMap[]) => definition.combine(predictions, options),
  }));
}
