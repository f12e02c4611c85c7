import type { Comparison } from "./comparison.js";
import type { Component, Definition, Factory } from "./component.js";
import type { Goal } from "./judgement/compare-scores.js";
import type { MetricWords } from "./metric-words.js";
import { defineComponent } from "./options.js";

/** A score of predictions against truth, pooled over any number of images. */
export interface Metric<Id extends string = string> extends Component<"metric", Id> {
  readonly goal: Goal;
  /** Its name and meaning, for people: results record them, and reports use no others. */
  readonly words: MetricWords;
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
  readonly goal: Goal;
  readonly range: Metric["range"];
  /**
   * How tables, charts and glossaries speak of it. What is left out is filled in: the id as the label, the summary as the
   * meaning, family "other", and a choice of the positive class where there is an option `positive`.
   */
  readonly words?: Partial<MetricWords>;
  readonly accumulate: (options: Options) => MetricAccumulator;
  readonly fromParts?: (sums: MetricParts, options: Options) => number | undefined;
}

/** Declares a metric. */
export function defineMetric<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: MetricDefinition<Id, Defaults, Options>,
): Factory<Metric<Id>, Options> {
  const { id, summary, defaults, goal, range, accumulate, fromParts } = definition;
  const words: MetricWords = {
    label: id,
    meaning: summary,
    family: "other",
    choosesPositive: "positive" in defaults,
    ...definition.words,
  };
  return defineComponent("metric", definition, (options) => ({
    goal,
    range,
    words,
    accumulate: () => accumulate(options),
    ...(fromParts && { fromParts: (sums: MetricParts) => fromParts(sums, options) }),
  }));
}
