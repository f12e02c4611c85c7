import type { Evaluation } from "@em-stellar/core";
import type { GivenFile } from "../../files/given-file.js";
import type { Exchange } from "../exchange.js";

/** Which numbers of a file mean object; `null`: as the numbers say. */
export type ObjectValues = readonly number[] | "nonzero" | null;

/** What is scored against what, and how. */
export interface EvaluationOrder {
  /** A folder of true masks, or a stack. */
  readonly truth: readonly GivenFile[];
  /** A folder with a folder or a stack for each method, or the masks of one method. */
  readonly predictions: readonly GivenFile[];
  /** Images of the microscope, which the report shows under the masks; none: empty. */
  readonly images: readonly GivenFile[];
  readonly threshold: number;
  readonly positive: "object" | "background" | "both";
  readonly pair: "auto" | "name" | "order";
  /** Of predictions. */
  readonly labels: ObjectValues;
  readonly truthLabels: ObjectValues;
  /** What the browser calls itself, for the record. */
  readonly browser: string;
}

/** What came out, and the files of it. */
export interface EvaluationOutcome {
  readonly evaluation: Evaluation;
  readonly report: Blob;
  readonly results: Blob;
  readonly table: Blob;
}

/** How far it is. */
export interface EvaluationProgress {
  /** In words: `Scoring unet`. */
  readonly doing: string;
  /** 0 to 1 of the present step. */
  readonly share: number;
}

export interface EvaluateRequests {
  readonly evaluate: Exchange<EvaluationOrder, EvaluationOutcome, EvaluationProgress>;
}
