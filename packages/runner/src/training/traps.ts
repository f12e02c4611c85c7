import type { Validation } from "./validate.js";

/** What tells that a network has stopped learning, for good or until something is changed. */
export interface Trap {
  readonly code: "dead-head" | "head-lock" | "all-background";
  readonly message: string;
}

/** Validations in a row, and share of the training, after which a network without any object is no longer a start. */
const patience = { validations: 3, share: 0.25 };

/**
 * Watches validation predictions for networks that call every pixel the same. Two ways are those in which the U-net's
 * original head is known to fail: its 2-filter ReLU dies and the output is one constant ("dead head"), or overlap losses push every
 * pixel above 0.5 and cannot come back ("head lock"). The third is any network's where objects are rare: it finds none. `share` is
 * the part of the training that is over; `foreground` that of object pixels in the training masks; `head` the network's option of
 * that name, of which "faithful" is the original one.
 */
export function createTrapDetector(
  foreground: number,
  head?: unknown,
): (predictions: Validation["range"], share: number) => Trap | undefined {
  let [locked, empty] = [0, 0];
  const isOriginal = head === "faithful";
  const told = new Set<Trap["code"]>();
  return ({ lowest: low, highest: high }, share) => {
    locked = low > 0.5 ? locked + 1 : 0;
    empty = high <= 0.5 ? empty + 1 : 0;
    const trap = trapOf();
    // A dead head calls all background too, which is then no news.
    if (!trap || told.has(trap.code) || (trap.code === "all-background" && told.size > 0)) return undefined;
    told.add(trap.code);
    return trap;

    function trapOf(): Trap | undefined {
      if (high - low < 1e-6) {
        return {
          code: "dead-head",
          message: `every pixel of every validation image has the probability ${low.toFixed(4)}: ${isOriginal ? 'the ReLU before the output has died. Use the network\'s option head: "stable", or another seed' : "nothing of the image reaches the output any more. Use a lower learning rate, a network with batch normalization, or another seed"}.`,
        };
      }
      // All object at one validation may still be a start; at two in a row it has not moved.
      if (locked >= 2) {
        return {
          code: "head-lock",
          message: `every pixel of every validation image is above 0.5 (lowest ${low.toFixed(4)}), twice in a row: ${isOriginal ? 'the output cannot fall below its bias. Use the network\'s option head: "stable"' : "the network calls everything object. Use a lower learning rate, a network with batch normalization"}, or binary-cross-entropy as the loss.`,
        };
      }
      if (empty >= patience.validations && share >= patience.share) {
        const percent = Number((100 * foreground).toPrecision(2));
        return {
          code: "all-background",
          message: `no pixel of any validation image is above 0.5 (highest ${high.toFixed(4)}), ${empty} times in a row: the network calls everything background, and ${percent} % of the training pixels are object. Use a loss that weighs objects ("dice", "focal" or "combined"), patches with objects (training.foreground: 0.5), training.threshold: "validation", or another learning rate.`,
        };
      }
      return undefined;
    }
  };
}
