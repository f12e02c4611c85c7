export interface OverlapOptions {
  /** Added to numerator and denominator, above 0: keeps the loss defined, and its gradient small, where there is nothing to overlap. */
  smooth: number;
}

/** The paper gives no number; 1 is customary. */
export const overlapDefaults: OverlapOptions = { smooth: 1 };

/** Returns an error message, or undefined if the options are valid. */
export function checkOverlap({ smooth }: OverlapOptions): string | undefined {
  return smooth > 0 ? undefined : `needs a "smooth" above 0, such as 1, but was given ${smooth}.`;
}
