/** What a user says about the values of a set of masks or maps; `null` where nothing is said. */
export interface ValueOptions {
  /** The values that mean object, all others background; `nonzero`: every value but 0 is object. */
  readonly labels: readonly number[] | "nonzero" | null;
  /** The value that means certainly object, in place of 1, 255 or 65535: `255`, or `full` for that of each file's own type. */
  readonly white: number | "full" | null;
  /** Which of the two is object where a file stores 0 for white. */
  readonly polarity: Polarity;
  /** Pixels of this value are left out of training and of every score. */
  readonly ignore: number | null;
}

/**
 * Where a file says that 0 is shown white: `as-stored` takes the number (what is not 0 is object), `as-shown` the picture
 * (white is object). `auto` decides where nothing is doubtful, and otherwise asks.
 */
export type Polarity = "auto" | "as-stored" | "as-shown";

/** Nothing is said: values that do not explain themselves are refused. */
export const plainValues: ValueOptions = { labels: null, white: null, polarity: "auto", ignore: null };

/** How messages spell the options, which commands and suites call by different names. */
export interface OptionSpelling {
  /** `--truth-labels 1,2` or `objectLabels: [1, 2]`; with `nonzero`, how to say that all but 0 is object. */
  labels(values: readonly number[] | "nonzero"): string;
  /** `--truth-white 255`; undefined where this number cannot be said. */
  white(value: number | "full"): string | undefined;
  polarity(value: Polarity): string;
  /** Undefined where values cannot be ignored, as in predictions. */
  ignore(value: number): string | undefined;
}
