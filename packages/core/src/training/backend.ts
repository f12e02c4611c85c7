import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Component, Definition, Factory } from "../component.js";
import { defineComponent } from "../options.js";

/** Where tensors are computed. */
export interface Backend<Id extends string = string> extends Component<"backend", Id> {
  /** Starts the backend and makes it tfjs's current one; throws with the mending step where it cannot. */
  start(): Promise<Device>;
}

/** A backend that has been started. */
export interface Device {
  /** Id of the backend: `webgpu`, `wasm`. */
  readonly backend: string;
  /** For people: `wasm (SIMD, 1 thread)`. */
  readonly description: string;
  /** Versions, features, limits: what results record. */
  readonly details: Readonly<Record<string, string>>;
  /** Why it is this device: every backend that was preferred to it and did not start. Absent where the backend was named. */
  readonly reasons?: readonly Reason[];
  /** Faster operations for the same weights; the model's saved form does not change. */
  prepare(model: LayersModel): LayersModel;
  /**
   * Gets a device ready for a training step that compiles what it runs: `step` is called once or more, and computes nothing, so
   * that weights hold anything afterwards. Says from time to time how many things are still to be done. Absent where there is
   * nothing to compile.
   */
  warmUp?(step: () => void): AsyncIterable<number>;
  /** Bytes that the device holds for tensors, the largest so far. */
  peakBytes(): number;
  /** Releases all it holds, so that the program can end. */
  dispose(): Promise<void>;
}

/** Why a backend did not start. */
export interface Reason {
  readonly backend: string;
  /** `missing`: something is not installed; `failed`: all is installed and yet it did not start. */
  readonly status: "missing" | "failed";
  /** A sentence: `The package webgpu is not installed.` */
  readonly problem: string;
  /** What to do about it, in sentences. */
  readonly remedy: string;
}

export interface BackendDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  readonly start: (options: Options) => Promise<Device>;
}

/** Declares a backend. */
export function defineBackend<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: BackendDefinition<Id, Defaults, Options>,
): Factory<Backend<Id>, Options> {
  return defineComponent("backend", definition, (options) => ({
    start: () => definition.start(options),
  }));
}
