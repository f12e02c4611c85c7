import type { Comparison } from "./comparison.js";
import type { Component, Definition, Factory } from "./component.js";
import { defineComponent } from "./options.js";

/** A score of predictions against truth, pooled over any number of images. */
export interface Metric<Id extends string = string> extends Component<"metric", Id> {
  readonly goal: "maximize" | "minimize";
  /** The lowest and highest value it can take; `null` where there is no bound. */
  readonly range: readonly [low: number | null, high: number | null];
  accumulate(): MetricAccumulator;
  /**
   * The score of several images from their `parts`, added up name by name; `undefined` where it is not defined. A metric
   * that has it can be pooled over any choice of images without a look at their pixels, as confidence intervals need.
   */
  fromParts?(sums: MetricParts): number | undefined;
}

/** Quantities of images that add up over images, by name: counts of pixels, for instance. */
export type MetricParts = Readonly<Record<string, number>>;

/** Takes images one by one and gives the score of all of them together. */
export interface MetricAccumulator {
  add(pair: Comparison): void;
  /** `undefined` where the score is not defined on this data; never NaN. */
  result(): number | undefined;
  /** The quantities the score was made of, by name; all of them numbers where the metric has `fromParts`. */
  parts?(): Record<string, number | undefined>;
}

export interface MetricDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly goal: Metric["goal"];
  readonly range: Metric["range"];
  readonly accumulate: (options: Options) => MetricAccumulator;
  readonly fromParts?: (sums: MetricParts, options: Options) => number | undefined;
}

/** Declares a metric. */
export function defineMetric<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: MetricDefinition<Id, Defaults, Options>,
): Factory<Metric<Id>, Options> {
  const { goal, range, accumulate, fromParts } = definition;
  return defineComponent("metric", definition, (options) => ({
    goal,
    range,
    accumulate: () => accumulate(options),
    ...(fromParts && { fromParts: (sums: MetricParts) => fromParts(sums, options) }),
  }));
}
