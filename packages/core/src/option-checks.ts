/** Returns an error message that says what would work, as `check` of a definition does; undefined if the options are valid. */
export type OptionCheck<Options> = (options: Options) => string | undefined;

/** What meets each of several types, given as their union. */
type Meeting<Each> = (Each extends unknown ? (value: Each) => void : never) extends (value: infer All) => void
  ? All
  : never;

/** One check of several: what the first says that finds something. */
export function checks<Each extends readonly unknown[]>(
  ...all: { readonly [Place in keyof Each]: OptionCheck<Each[Place]> }
): OptionCheck<Meeting<Each[number]>> {
  const each: readonly OptionCheck<Meeting<Each[number]>>[] = all;
  return (options) => {
    for (const check of each) {
      const problem = check(options);
      if (problem) return problem;
    }
    return undefined;
  };
}

type With<Name extends string, Value> = { readonly [Key in Name]: Value };

/** Whole numbers from `min` on, up to `max` if there is one. */
export interface WholeNumbers {
  readonly min: number;
  readonly max?: number;
  /** Only multiples of it. */
  readonly multipleOf?: number;
  /** For the message: `"8 or 64"`. */
  readonly suchAs?: string;
}

/** Checks that an option is a whole number: `wholeNumber("depth", { min: 1, max: 8 })`. */
export function wholeNumber<const Name extends string>(
  name: Name,
  { min, max = Number.POSITIVE_INFINITY, multipleOf = 1, suchAs }: WholeNumbers,
): OptionCheck<With<Name, number>> {
  const kind = { 1: "a whole number", 2: "an even number" }[multipleOf] ?? `a multiple of ${multipleOf}`;
  const range = max < Number.POSITIVE_INFINITY ? `from ${min} to ${max}` : min === 1 ? "above 0" : `from ${min} on`;
  return ({ [name]: value }) =>
    Number.isSafeInteger(value) && value >= min && value <= max && value % multipleOf === 0
      ? undefined
      : `needs ${kind} ${range} for "${name}"${example(suchAs)}, but was given ${value}.`;
}

/** A range of numbers; one of `from` and `above`, one of `to` and `below`. */
export interface NumberRange {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
  /** For the message: `"0.99"`. */
  readonly suchAs?: string;
  /** What `null` stands for, where the option may be null: `"none"`. */
  readonly orNull?: string;
}

/** Checks that an option is a number within a range: `numberWithin("dropout", { above: 0, below: 1, orNull: "none" })`. */
export function numberWithin<const Name extends string>(
  name: Name,
  { from, above, to, below, suchAs, orNull }: NumberRange,
): OptionCheck<With<Name, number | null>> {
  const [low, high] = [from ?? above ?? Number.NEGATIVE_INFINITY, to ?? below ?? Number.POSITIVE_INFINITY];
  const fits = (value: number) =>
    (from === undefined ? value > low : value >= low) && (to === undefined ? value < high : value <= high);
  const start = from === undefined ? `above ${low}` : `from ${low}`;
  const end = to === undefined ? `below ${high}` : `${high}`;
  const range =
    below !== undefined && above !== undefined
      ? `between ${low} and ${high}`
      : high < Number.POSITIVE_INFINITY
        ? `${start} to ${end}`
        : from === undefined
          ? start
          : `${start} on`;
  const off = orNull === undefined ? "" : `, or null for ${orNull}`;
  return ({ [name]: value }) =>
    (value === null && orNull !== undefined) || (typeof value === "number" && fits(value))
      ? undefined
      : `needs a "${name}" ${range}${example(suchAs)}${off}, but was given ${value}.`;
}

/** Checks that an option is a text, or `null`, which stands for `orNull`: `textOrNull("partition", "the cluster's default")`. */
export function textOrNull<const Name extends string>(
  name: Name,
  orNull: string,
): OptionCheck<With<Name, string | null>> {
  return ({ [name]: value }: With<Name, unknown>) =>
    value === null || typeof value === "string"
      ? undefined
      : `needs a text for "${name}", or null for ${orNull}, but was given ${JSON.stringify(value)}.`;
}

/** Checks that an option is a list of texts: `texts("flags")`. */
export function texts<const Name extends string>(name: Name): OptionCheck<With<Name, readonly string[]>> {
  return ({ [name]: value }: With<Name, unknown>) =>
    Array.isArray(value) && value.every((each) => typeof each === "string")
      ? undefined
      : `needs a list of texts for "${name}", but was given ${JSON.stringify(value)}.`;
}

/** Checks that an option is one of some names: `oneOf("head", ["faithful", "stable"])`. */
export function oneOf<const Name extends string, const Choice extends string>(
  name: Name,
  choices: readonly Choice[],
): OptionCheck<With<Name, string>> {
  const known: readonly string[] = choices;
  return ({ [name]: value }) =>
    known.includes(value)
      ? undefined
      : `needs ${known.map((choice) => JSON.stringify(choice)).join(" or ")} for "${name}", but was given ${JSON.stringify(value)}.`;
}

function example(suchAs: string | undefined): string {
  return suchAs === undefined ? "" : `, such as ${suchAs}`;
}
