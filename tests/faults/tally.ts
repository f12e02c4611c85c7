import { createRandom, EmStellarError, type Random } from "@em-stellar/core";
import { expect } from "vitest";
import { watched } from "./watchdog.js";

/** No input may take longer, by the processor: the clock also counts what others do on the machine. */
const mostMilliseconds = 2000;
/** No input may make the process grow by more. */
const mostMebibytes = 512;

/** What every random choice of a run of these tests follows from. */
export const seed = process.env.EM_STELLAR_FAULTS_SEED ?? "1";
/** How many times as many inputs are tried as in `npm test`. */
export const factor = Number(process.env.EM_STELLAR_FAULTS ?? 1);
/** The only try that is made of each kind, to look into it; all where absent. */
const only = process.env.EM_STELLAR_FAULTS_TRY === undefined ? undefined : Number(process.env.EM_STELLAR_FAULTS_TRY);

/** What became of one input: used, refused with an error of EM-stellar's own, or neither. */
export type Outcome = "accepted" | "refused" | "fault";

/** Counts of one kind of faults, printed as one line. */
export class Tally {
  readonly #kind: string;
  readonly #faults = new Map<string, { times: number; first: string }>();
  readonly #counts = { accepted: 0, refused: 0, fault: 0 };
  #slowest = { took: 0, label: "none" };
  #largest = 0;

  constructor(kind: string) {
    this.#kind = kind;
  }

  get accepted(): number {
    return this.#counts.accepted;
  }

  get refused(): number {
    return this.#counts.refused;
  }

  /** Does one piece of work and counts what became of it. `label` finds it again: "try 17". */
  async count(label: string, work: () => unknown): Promise<Outcome> {
    const before = process.cpuUsage();
    const [held, highest] = [process.memoryUsage.rss(), peak()];
    let outcome: Outcome = "accepted";
    try {
      await work();
    } catch (error) {
      outcome = error instanceof EmStellarError && !unreadable.test(error.message) ? "refused" : "fault";
      if (outcome === "fault") this.fault(label, what(error), where(error));
    }
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    if (took > mostMilliseconds) this.fault(label, `took more than ${mostMilliseconds} ms`);
    this.#counts[outcome]++;
    if (took > this.#slowest.took) this.#slowest = { took, label };
    // Only a new peak of the process tells what this input took.
    if (peak() > highest) this.#largest = Math.max(this.#largest, (peak() - held) / 2 ** 20);
    return outcome;
  }

  /** Notes something that must not be; those of one `kind` are counted together. */
  fault(label: string, what: string, kind = what): void {
    const known = this.#faults.get(kind) ?? { times: 0, first: `${label}: ${what}` };
    this.#faults.set(kind, { ...known, times: known.times + 1 });
  }

  /** Prints the counts, where more is tried than in `npm test`, and throws where there was a fault. */
  finish(): void {
    const { accepted, refused, fault } = this.#counts;
    if (factor > 1) {
      console.log(
        `${this.#kind}: ${accepted + refused + fault} tried, ${refused} refused, ${accepted} accepted, ${fault} faults; slowest ${this.#slowest.took.toFixed(0)} ms (${this.#slowest.label}), memory ${this.#largest.toFixed(0)} MiB`,
      );
    }
    if (this.#largest > mostMebibytes) this.fault("all", `one input took ${this.#largest.toFixed(0)} MiB`);
    const faults = [...this.#faults.values()].map(({ times, first }) => `${times} ×, first ${first}`);
    expect(faults, `${this.#kind} with seed ${seed}`).toEqual([]);
  }
}

/** The largest memory that the process ever held, in bytes. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** Words that no message for people may hold. */
const unreadable = /Cannot read propert|is not a function|is not iterable/;

function what(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${JSON.stringify(error.message.slice(0, 200))} ${framesOf(error).join(" ")}`;
}

/** Where an error arose, which tells kinds of errors apart better than their words. */
function where(error: unknown): string {
  const frames = error instanceof Error ? framesOf(error) : [];
  return frames.length > 0 ? frames.join(" ") : what(error);
}

/** The first lines of a stack, without those of Node and of the tests. */
function framesOf(error: Error): string[] {
  const lines = (error.stack ?? "").split("\n").map((line) => line.trim());
  return lines.filter((line) => /^at .*\/packages\//.test(line)).slice(0, 3);
}

/** Work whose refusals must name the file. */
export function naming(name: string, work: () => Promise<unknown>): () => Promise<void> {
  return async () => {
    try {
      await work();
    } catch (error) {
      if (error instanceof EmStellarError && !error.message.includes(name)) {
        throw new Error(`does not name ${name}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  };
}

/**
 * Tries a kind of inputs: `prepare` makes the input of a try from a random stream of its own, and returns the work to do with
 * it. `times` are the tries of `npm test`. Returns the counts, which are checked already.
 */
export async function attack(
  kind: string,
  times: number,
  prepare: (random: Random, index: number) => (() => unknown) | Promise<() => unknown>,
): Promise<Tally> {
  const tally = new Tally(kind);
  await watched(async (begin) => {
    const [from, to] = only === undefined ? [0, Math.round(times * factor)] : [only, only + 1];
    for (let i = from; i < to; i++) {
      const work = await prepare(createRandom(`${seed}/${kind}/${i}`), i);
      begin(`try ${i} of ${kind} with seed ${seed}`);
      await tally.count(`try ${i}`, work);
    }
  });
  tally.finish();
  return tally;
}
