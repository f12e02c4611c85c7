import type { Component, Definition, Factory } from "./component.js";
import type { Sample } from "./data-source.js";
import { defineComponent } from "./options.js";
import type { ProbabilityMap, Raster } from "./raster.js";

/** A method without gradient descent: the floor that a network must beat to have learnt anything, or a pixel classifier. */
export interface Baseline<Id extends string = string> extends Component<"baseline", Id> {
  /** Learns from training samples only; each has a mask. */
  fit(samples: Iterable<Sample>): Promise<Segmenter>;
  /** What it is to a network; absent: a floor. */
  readonly role?: BaselineRole;
}

/** A `floor` is what a network must beat to have learnt anything; a `classifier` learns as well, from features that are given. */
export type BaselineRole = "floor" | "classifier";

/** Which image it is, and where it lies among others. */
export type Slice = Pick<Sample, "id" | "group" | "stack" | "z">;

/** A fitted baseline. */
export interface Segmenter {
  /** `slice` is there for whoever needs the image's place in its stack; most look at the pixels alone. */
  segment(image: Raster, slice?: Slice): ProbabilityMap;
  /** What was learnt, for the results: `{ sigma: 3, threshold: 104 }`. */
  readonly learnt: Readonly<Record<string, number | string>>;
}

export interface BaselineDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly fit: (samples: Iterable<Sample>, options: Options) => Promise<Segmenter>;
  /** Absent: a floor. */
  readonly role?: BaselineRole;
}

/** Declares a baseline. */
export function defineBaseline<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: BaselineDefinition<Id, Defaults, Options>,
): Factory<Baseline<Id>, Options> {
  return defineComponent("baseline", definition, (options) => ({
    fit: (samples: Iterable<Sample>) => definition.fit(samples, options),
    ...(definition.role && { role: definition.role }),
  }));
}
