import type { JobId, Results } from "@em-stellar/core";
import type { ProjectRun } from "../../project/project.js";
import type { Exchange } from "../exchange.js";
import type { RunView } from "../run-view.js";
import type { DeviceChoice } from "./device.js";
import type { SuiteJson } from "./suite.js";

/** What the network that trains makes of a validation image at the moment. */
export interface Preview {
  readonly job: JobId;
  readonly step: number;
  /** The image's id. */
  readonly image: string;
  readonly width: number;
  readonly height: number;
  /** Each 0 to 255, row by row: the micrograph, the truth, the probability. */
  readonly grey: Uint8Array;
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
}

/** What is told while a run goes on: the view as it is now, a few times a second at most, and previews. */
export type RunNews =
  | { readonly type: "view"; readonly view: RunView }
  | { readonly type: "preview"; readonly preview: Preview }
  | { readonly type: "device"; readonly description: string };

/** A test image, its truth and what a method makes of it, each 0 to 255, row by row. */
export interface TestPictures {
  readonly width: number;
  readonly height: number;
  readonly image: Uint8Array;
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
}

/** A file of a run folder. */
export interface RunFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** What the screen Results shows of a finished run. */
export interface ResultsView {
  readonly results: Results;
  /** Sentences of the report, as markup that the report has made safe. */
  readonly lead: string;
  readonly limits: readonly string[];
  /** Sections of the report, likewise, with the style that they need. */
  readonly sections: readonly { readonly id: string; readonly title: string; readonly markup: string }[];
  readonly style: string;
}

export interface RunRequests {
  /** Begins a benchmark of a suite and keeps it in the project: its id. */
  readonly "new-run": Exchange<SuiteJson, ProjectRun>;
  /** Goes on with a benchmark until it is finished or stopped. */
  readonly run: Exchange<
    { readonly choice: DeviceChoice; readonly id: string },
    { readonly state: "finished" | "stopped" },
    RunNews
  >;
  /** Holds between two steps, and goes on. Nothing is lost meanwhile, unless the page is closed. */
  readonly pause: Exchange<boolean, null>;
  /** Ends the benchmark that runs; what was trained up to the last validation is kept. */
  readonly stop: Exchange<null, null>;
  /** What was kept of a benchmark for the page. */
  readonly "run-view": Exchange<string, RunView>;
  readonly "remove-run": Exchange<string, null>;
  readonly results: Exchange<string, ResultsView>;
  /** The pictures of a test image, by their paths in the run folder. */
  readonly "test-pictures": Exchange<
    { readonly id: string; readonly image: string; readonly truth: string; readonly prediction: string },
    TestPictures
  >;
  /** The report as one HTML page. */
  readonly report: Exchange<string, string>;
  /** A file of a run folder; null where there is none. */
  readonly "run-file": Exchange<{ readonly id: string; readonly path: string }, Uint8Array | null>;
  /** Files of a run folder whose paths begin so. */
  readonly "run-files": Exchange<{ readonly id: string; readonly prefixes: readonly string[] }, readonly RunFile[]>;
}
