import { distance } from "fastest-levenshtein";

/** Base of every error that EM-stellar throws on purpose: the message says what was given and what would have worked. */
export class EmStellarError extends Error {
  override readonly name: string = "EmStellarError";
}

/** Something about the user's input (files, suite, options) cannot be used; nothing has been trained or written yet. */
export class InputError extends EmStellarError {
  override readonly name = "InputError";
}

/** A run's store cannot be read or written: its folder is gone, may not be written, or the disk is full. What is there stays as it is. */
export class StoreError extends EmStellarError {
  override readonly name = "StoreError";
}

/** Another process is at work on the same run or job. */
export class LockedError extends EmStellarError {
  override readonly name = "LockedError";
}

/** No plugin of the registry provides the requested component. */
export class NoSuchComponentError extends EmStellarError {
  override readonly name = "NoSuchComponentError";
  readonly kind: string;
  readonly id: string;
  readonly available: readonly string[];

  /** `related` are those of the available ones that `id` describes: where there are any, they are suggested. */
  constructor(kind: string, id: string, available: readonly string[], related: readonly string[] = []) {
    const shown = id.length > longestName ? `${id.slice(0, longestName)}…` : id;
    const suggestion = related.length > 0 ? ` Did you mean ${alternatives(related)}?` : didYouMean(id, available);
    super(
      available.length === 0
        ? `No ${kind} named "${shown}": no plugin of this registry provides any ${kind}.`
        : `No ${kind} named "${shown}".${suggestion} Available: ${[...available].sort().join(", ")}.`,
    );
    this.kind = kind;
    this.id = id;
    this.available = available;
  }
}

/** A component was given an option that it does not have, or a value that it cannot take. */
export class BadOptionError extends EmStellarError {
  override readonly name = "BadOptionError";
  readonly kind: string;
  readonly id: string;

  constructor(kind: string, id: string, problem: string) {
    super(`${kind} "${id}" ${problem}`);
    this.kind = kind;
    this.id = id;
  }
}

/** Two plugins of one registry provide the same component. */
export class DuplicateComponentError extends EmStellarError {
  override readonly name = "DuplicateComponentError";
}

/** ` Did you mean "unet"?` where a name is close enough to be a slip of the hand, else an empty string. */
export function didYouMean(given: string, available: readonly string[]): string {
  const nearest = nearestName(given, available);
  return nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
}

/** Longer than any name that somebody could have meant. */
const longestName = 100;

/** The name that was probably meant: the nearest, where it is close enough to be a slip of the hand. */
export function nearestName(given: string, available: readonly string[]): string | undefined {
  if (given.length > longestName) return undefined;
  const [nearest, slips] = available
    .map((name) => [name, distance(given.toLowerCase(), name.toLowerCase())] as const)
    .reduce((best, each) => (each[1] < best[1] ? each : best), ["", Number.POSITIVE_INFINITY]);
  const isSlip = slips < nearest.length && slips <= Math.max(2, Math.floor(nearest.length / 3));
  return isSlip ? nearest : undefined;
}

/** `"cuda", "tensorflow" or "webgpu"` */
function alternatives(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return [quoted.slice(0, -1).join(", "), ...quoted.slice(-1)].filter((part) => part !== "").join(" or ");
}
