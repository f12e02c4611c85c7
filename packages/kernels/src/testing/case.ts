import type { Device } from "@em-stellar/core/training";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Reference } from "./reference.js";

type Outputs<Value> = Value | readonly Value[];

/** An operation on given inputs, and the same in plain loops: checked are all outputs, and the first one's gradient to every input. */
export interface Case {
  readonly name: string;
  readonly inputs: readonly Reference[];
  /** On the device, inside of `tidy`. Nothing may be read back in here: not every backend can do so at once. */
  run(inputs: Tensor[], device: Device): Outputs<Tensor>;
  /** In double precision, from what the inputs hold at the moment. */
  expected(): Outputs<Reference>;
  /** The inputs to which there is a gradient; all if absent. With none, it runs as in prediction. */
  readonly differentiated?: readonly number[];
  /** How many elements of each gradient are compared one by one; 12 if absent. */
  readonly compared?: number;
  /** The largest error, as a share of the largest expected value; 2e-6 if absent. */
  readonly tolerance?: number;
}

/** A calculation made by hand. */
export interface Example {
  readonly name: string;
  /** As in {@link Case}. */
  run(device: Device): Tensor | readonly Tensor[];
  /** The values of each output; NaN is NaN. */
  readonly expected: readonly (readonly number[])[];
  /** The largest error; 0 if absent. */
  readonly tolerance?: number;
}

/** What belongs together. */
export interface Topic {
  readonly name: string;
  readonly cases: readonly (Case | Example)[];
}

export function isExample(item: Case | Example): item is Example {
  return !("inputs" in item);
}
