import type { OptionSpelling } from "./value-options.js";

/** What a set of files is: masks to learn from, masks to score against, or predictions (masks or probability maps). */
export interface ValueSet {
  /** For messages: `The truth (masks)`. */
  readonly what: string;
  readonly role: "training" | "truth" | "prediction";
  readonly spell: OptionSpelling;
}
