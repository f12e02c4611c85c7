import type { Evaluation } from "@em-stellar/core";
import type { PairedBy } from "./pairing.js";

/** A list of images, and how many of them have been done. */
export interface TaskProgress {
  /** Of a method; `truth` or `images`. */
  readonly name: string;
  readonly images: number;
  readonly done: number;
}

/** What an evaluation tells, in this order. */
export type EvaluationEvent =
  | {
      /** Every image has its truth. */
      readonly type: "found";
      readonly truth: {
        readonly path: string;
        readonly images: number;
        readonly isStack: boolean;
        /** Each that occurs: `512 × 512`. */
        readonly sizes: readonly string[];
      };
      readonly methods: readonly { readonly name: string; readonly pairedBy: PairedBy }[];
    }
  | {
      /** One more image has been done. */
      readonly type: "progress";
      readonly doing: "checking" | "scoring";
      readonly tasks: readonly TaskProgress[];
      /** Since the first of these tasks began. */
      readonly seconds: number;
    }
  | {
      readonly type: "method-scored";
      readonly method: string;
      readonly images: number;
      readonly seconds: number;
    }
  /** All is scored; statistics are next. */
  | { readonly type: "comparing" }
  /** All is computed; pictures are next. */
  | { readonly type: "drawing" }
  | { readonly type: "finished"; readonly evaluation: Evaluation };
