import type { Comparison } from "./comparison.js";
import type { Component, Definition, Factory } from "./component.js";
import { defineComponent } from "./options.js";

/** A score of predictions against truth, pooled over any number of images. */
export interface Metric<Id extends string = string> extends Component<"metric", Id> {
  readonly goal: "maximize" | "minimize";
  /** The lowest and highest value it can take; `null` where there is no bound. */
  readonly range: readonly [low: number | null, high: number | null];
  accumulate(): MetricAccumulator;
}

/** Takes images one by one and gives the score of all of them together. */
export interface MetricAccumulator {
  add(pair: Comparison): void;
  /** `undefined` where the score is not defined on this data; never NaN. */
  result(): number | undefined;
  /** The quantities the score was made of, by name. */
  parts?(): Record<string, number | undefined>;
}

export interface MetricDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly goal: Metric["goal"];
  readonly range: Metric["range"];
  readonly accumulate: (options: Options) => MetricAccumulator;
}

/** Declares a metric. */
export function defineMetric<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: MetricDefinition<Id, Defaults, Options>,
): Factory<Metric<Id>, Options> {
  return defineComponent("metric", definition, (options) => ({
    goal: definition.goal,
    range: definition.range,
    accumulate: () => definition.accumulate(options),
  }));
}
