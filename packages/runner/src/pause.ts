import { nextTurn, type StopSignal } from "@em-stellar/core";
import { now } from "./now.js";

/** Seconds of work without a break, at most, between two pieces. */
const stretch = 0.1;

/**
 * What to await between two pieces of work: lets timers, signals and messages through now and then, and throws the signal's
 * reason once it is aborted.
 */
export function createPause(signal?: StopSignal): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last > stretch) {
      await nextTurn();
      last = now();
    }
    signal?.throwIfAborted();
  };
}
