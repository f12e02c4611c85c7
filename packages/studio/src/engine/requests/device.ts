import type { Reason } from "@em-stellar/core/training";
import type { Exchange } from "../exchange.js";

/** What the user wants to compute on. */
export interface DeviceChoice {
  /** `auto`: a GPU through WebGPU, else WebAssembly, with threads where the page may have them. */
  readonly backend: "auto" | "webgpu" | "wasm";
  /** Lets WebGPU compute on the processor, which is slower than WebAssembly. */
  readonly allowSoftware: boolean;
}

/** What the engine computes on. */
export interface DeviceState {
  readonly backend: string;
  /** `wasm (SIMD, 4 threads)` */
  readonly description: string;
  /** Why nothing that is preferred to it. */
  readonly reasons: readonly Reason[];
  /** Versions, features and limits. */
  readonly details: Readonly<Record<string, string>>;
}

export interface DeviceRequests {
  /** Starts the device of the choice, or tells the one that runs already. */
  readonly device: Exchange<DeviceChoice, DeviceState>;
}
