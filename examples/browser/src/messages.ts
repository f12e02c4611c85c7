import type { RunEvent } from "@em-stellar/core";
import type { Reason } from "@em-stellar/core/training";

/** What a person chooses on the page. */
export interface Settings {
  readonly device: "auto" | "webgpu" | "wasm";
  /** Lets WebGPU compute on the processor. */
  readonly allowSoftware: boolean;
  /** Of each training. */
  readonly steps: number;
}

/** What the browser keeps of a run besides the run itself, so that a page that is opened again shows it as it was. */
export interface Kept {
  readonly settings: Settings;
  /** Of a page that was closed while it trained: `running`. */
  readonly state: "running" | "stopped" | "finished";
  readonly events: readonly RunEvent[];
}

/** The pictures of a test image: PNG. */
export interface Pictures {
  readonly image: string;
  /** The microscope's image, the truth, and what the best network makes of it. */
  readonly files: readonly [image: Blob, truth: Blob, prediction: Blob];
}

/** What the page asks of its worker. */
export type Order =
  /** Starts a run, or continues the one that is kept. */
  { readonly type: "run"; readonly settings: Settings } | { readonly type: "stop" } | { readonly type: "forget" };

/** What the worker tells. */
export type News =
  /** First of all, and after it has forgotten. `lost`: why nothing outlives the page. */
  | { readonly type: "ready"; readonly kept?: Kept; readonly lost?: string }
  | { readonly type: "device"; readonly description: string; readonly reasons: readonly Reason[] }
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "pictures"; readonly pictures: readonly Pictures[] }
  | { readonly type: "ended"; readonly state: "stopped" | "finished" }
  | { readonly type: "failed"; readonly message: string };
