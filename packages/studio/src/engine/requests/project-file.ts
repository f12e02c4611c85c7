import type { Exchange } from "../exchange.js";

export interface ProjectFileRequests {
  /** The project as one file: suites, results and models, and the images where that is wanted. */
  readonly "save-project": Exchange<{ readonly withImages: boolean }, { readonly name: string; readonly blob: Blob }>;
  /** Puts a project that was saved in the place of the one that is open. */
  readonly "open-project-file": Exchange<{ readonly name: string; readonly content: Blob }, null>;
}
