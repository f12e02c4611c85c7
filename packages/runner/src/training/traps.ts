import type { Validation } from "./validate.js";

/** What tells that a network has stopped learning for good. */
export interface Trap {
  readonly code: "dead-head" | "head-lock";
  readonly message: string;
}

/**
 * Watches validation predictions for the two ways in which the U-net's original head is known to fail: its 2-filter ReLU
 * dies and the output is one constant ("dead head"), or overlap losses push every pixel above 0.5 and cannot come back ("head lock").
 */
export function createTrapDetector(): (predictions: Validation["range"]) => Trap | undefined {
  let lockedBefore = false;
  let told = false;
  return ({ lowest: low, highest: high }) => {
    const constant = high - low < 1e-6;
    const locked = low > 0.5;
    // All object at one validation may still be a start; at two in a row it has not moved.
    const trap: Trap | undefined = constant
      ? {
          code: "dead-head",
          message: `every pixel of every validation image has the probability ${low.toFixed(4)}: the ReLU before the output has died. Use the network's option head: "stable", or another seed.`,
        }
      : locked && lockedBefore
        ? {
            code: "head-lock",
            message: `every pixel of every validation image is above 0.5 (lowest ${low.toFixed(4)}), twice in a row: the output cannot fall below its bias. Use the network's option head: "stable", or binary-cross-entropy as the loss.`,
          }
        : undefined;
    lockedBefore = locked;
    if (!trap || told) return undefined;
    told = true;
    return trap;
  };
}
