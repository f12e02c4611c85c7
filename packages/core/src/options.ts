import type { AnyFactory, Component, Definition, Factory } from "./component.js";
import { BadOptionError, didYouMean } from "./errors.js";

/** Numbers beyond are infinite in the 32 bits that devices compute with. */
const largestNumber = 3.4e38;

/** Fills in defaults; throws {@link BadOptionError} for an unknown option, a value of the wrong type or one that `check` refuses. */
function resolveOptions<Defaults extends object, Options extends object>(
  kind: string,
  { id, defaults, check }: Definition<string, Defaults, Options>,
  given: Partial<Options>,
): Defaults & Options {
  const known = Object.keys(defaults);
  const standard: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(defaults));
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      const available = known.length === 0 ? "It takes none." : `Available: ${known.sort().join(", ")}.`;
      throw new BadOptionError(kind, id, `has no option "${name}".${didYouMean(name, known)} ${available}`);
    }
    const expected = typeName(standard[name]);
    // A default of null (off) says nothing about the type; null is how any option that may be off is switched off.
    if (expected !== "null" && value !== null && typeName(value) !== expected) {
      throw new BadOptionError(
        kind,
        id,
        `needs ${expected === "object" ? "an" : "a"} ${expected} for "${name}", but was given ${JSON.stringify(value)}.`,
      );
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new BadOptionError(kind, id, `needs a finite number for "${name}", but was given ${value}.`);
    }
    if (typeof value === "number" && Math.abs(value) > largestNumber) {
      const range = `from -${largestNumber} to ${largestNumber}`;
      throw new BadOptionError(kind, id, `needs a number ${range} for "${name}", but was given ${value}.`);
    }
  }
  const options: Defaults & Options = { ...defaults, ...given };
  const problem = check?.(options);
  if (problem) throw new BadOptionError(kind, id, problem);
  return Object.freeze(options);
}

/** Turns a definition into a factory; the `define…` functions of every kind are built on it, and so can yours be. */
export function defineComponent<
  Kind extends string,
  Id extends string,
  Defaults extends object,
  Options extends object,
  C extends Component<Kind, Id>,
>(
  kind: Kind,
  definition: Definition<Id, Defaults, Options>,
  make: (options: Defaults & Options) => Omit<C, keyof Component>,
): Factory<C, Options> {
  const { id, summary, citation, defaults } = definition;
  const cited = citation === undefined ? {} : { citation };
  const create = (given: Partial<Options> = {}): C => {
    const options = resolveOptions(kind, definition, given);
    // The three keys that Omit removed are added back here; TypeScript cannot see that the spread completes C.
    return { ...make(options), kind, id, options, ...cited } as unknown as C;
  };
  return Object.assign(create, { kind, id, summary, defaults, ...cited });
}

/** Whether a value is a factory made by a `define…` function. */
export function isFactory(value: unknown): value is AnyFactory {
  return typeof value === "function" && "kind" in value && "id" in value && "defaults" in value;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}
