import type { DataRequests } from "./requests/data.js";
import type { DeviceRequests } from "./requests/device.js";
import type { EvaluateRequests } from "./requests/evaluate.js";
import type { ImageRequests } from "./requests/images.js";
import type { PluginRequests } from "./requests/plugins.js";
import type { ProjectFileRequests } from "./requests/project-file.js";
import type { RunRequests } from "./requests/run.js";
import type { SegmentRequests } from "./requests/segment.js";
import type { SuiteRequests } from "./requests/suite.js";

/** All that the page may ask, by name: `handlers.ts` has a handler for each. */
export interface Requests
  extends DataRequests,
    DeviceRequests,
    EvaluateRequests,
    ImageRequests,
    PluginRequests,
    ProjectFileRequests,
    RunRequests,
    SegmentRequests,
    SuiteRequests {}

export type RequestName = keyof Requests;

/** From the page to the worker. `id` is one that no other question of this page has. */
export type Question =
  | { readonly type: "ask"; readonly id: number; readonly name: RequestName; readonly asked: unknown }
  /** The answer is not wanted any more: the handler's signal is aborted. */
  | { readonly type: "cancel"; readonly id: number };

/** From the worker to the page: any number of `told`, then one of the others. */
export type Reply =
  | { readonly type: "told"; readonly id: number; readonly told: unknown }
  | { readonly type: "answered"; readonly id: number; readonly answered: unknown }
  /** `message` is a sentence for the user; `isOurs`: the user's input or device is at fault, and not a mistake in the program. */
  | { readonly type: "failed"; readonly id: number; readonly message: string; readonly isOurs: boolean };

/** What a handler is given besides the question. */
export interface Call<Name extends RequestName> {
  readonly tell: (told: Requests[Name]["told"]) => void;
  readonly signal: AbortSignal;
}

/** Does what is asked. Errors of EM-stellar's own reach the user as they are. */
export type Handler<Name extends RequestName> = (
  asked: Requests[Name]["asked"],
  call: Call<Name>,
) => Promise<Requests[Name]["answered"]>;
