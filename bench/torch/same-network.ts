import type { Contestant } from "./contestant.js";
import type { Load, Mode, Peer } from "./peer.js";

/** How far the other side is from ours with the same weights, in the worst mode. */
export interface Agreement {
  readonly parameters: number;
  /** Largest difference of the probabilities of a prediction, or difference of the first losses. */
  readonly difference: number;
}

const steps = 3;

/**
 * Loads our network into PyTorch and compares what both compute: a prediction, or the losses of three training steps. Throws
 * where the number of weights differs, where probabilities or first losses differ by more than 10⁻⁴, or where later losses,
 * which depend on gradients and optimizer, fall by amounts that differ by more than a fifth: Adam divides gradients by their
 * size, so that rounding counts for much in the small ones.
 */
export async function compare(
  ours: Contestant,
  load: Load,
  peer: Peer,
  modes: readonly Mode[],
  threads: number,
): Promise<Agreement> {
  const parameters = await peer.load(load, modes, threads);
  if (parameters !== load.network.parameters) {
    throw new Error(`PyTorch's network has ${parameters} weights, and ours ${load.network.parameters}.`);
  }
  const compareMode = await (load.task === "training step"
    ? compareLosses(ours, peer)
    : comparePredictions(ours, peer));
  let difference = 0;
  for (const mode of modes) difference = Math.max(difference, await compareMode(mode));
  return { parameters, difference };
}

async function compareLosses(ours: Contestant, peer: Peer): Promise<(mode: Mode) => Promise<number>> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push(...Array.from(await ours.work()));
  const change = changeOf(losses);
  requireVariety(Math.abs(change), "losses");
  return async (mode) => {
    const theirs = await peer.losses(mode, steps);
    requireEqual(changeOf(theirs), change, Math.abs(change) / 5, `${mode}, change of the loss`);
    return requireEqual(theirs[0], losses[0], 1e-4, `${mode}, loss`);
  };
}

async function comparePredictions(ours: Contestant, peer: Peer): Promise<(mode: Mode) => Promise<number>> {
  const values = await ours.work();
  let variety = 0;
  for (let i = 1; i < values.length; i++) variety = Math.max(variety, Math.abs(at(values, i) - at(values, 0)));
  requireVariety(variety, "probabilities");
  return async (mode) => {
    const theirs = await peer.prediction(mode);
    let worst = 0;
    for (let i = 1; i < values.length; i++) {
      if (!(Math.abs(at(theirs, i) - at(values, i)) <= Math.abs(at(theirs, worst) - at(values, worst)))) worst = i;
    }
    return requireEqual(theirs[worst], values[worst], 1e-4, `${mode}, probability of pixel ${worst}`);
  };
}

/** From the first loss to the last. */
function changeOf(losses: readonly number[]): number {
  return (losses.at(-1) ?? Number.NaN) - (losses[0] ?? Number.NaN);
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}

function requireVariety(difference: number, what: string): void {
  if (difference < 1e-3) throw new Error(`All ${what} of ours are the same, so that they compare nothing.`);
}

/** The difference. */
function requireEqual(theirs = Number.NaN, ours = Number.NaN, tolerance: number, what: string): number {
  const difference = Math.abs(theirs - ours);
  if (difference <= tolerance) return difference;
  throw new Error(`PyTorch computes something else (${what}): ${theirs}, and ours is ${ours}.`);
}
