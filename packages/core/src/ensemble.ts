import type { Component, Definition, Factory } from "./component.js";
import { defineComponent } from "./options.js";
import type { ProbabilityMap } from "./raster.js";

/** Makes one prediction out of several of the same image. */
export interface Ensemble<Id extends string = string> extends Component<"ensemble", Id> {
  /**
   * The maps have one size; each carries the threshold of the model that made it. `weights`: what each counts, from 0 on; all the
   * same where absent.
   */
  combine(predictions: readonly ProbabilityMap[], weights?: readonly number[]): ProbabilityMap;
}

export interface EnsembleDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  /** An ensemble that takes no weights throws `InputError` where it is given some. */
  readonly combine: (
    predictions: readonly ProbabilityMap[],
    options: Options,
    weights?: readonly number[],
  ) => ProbabilityMap;
}

/** Declares an ensemble. */
export function defineEnsemble<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: EnsembleDefinition<Id, Defaults, Options>,
): Factory<Ensemble<Id>, Options> {
  return defineComponent("ensemble", definition, (options) => ({
    combine: (predictions: readonly ProbabilityMap[], weights?: readonly number[]) =>
      definition.combine(predictions, options, weights),
  }));
}
