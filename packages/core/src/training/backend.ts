import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Component, Definition, Factory } from "../component.js";
import { EmStellarError } from "../errors.js";
import { defineComponent } from "../options.js";

/** Where tensors are computed. */
export interface Backend<Id extends string = string> extends Component<"backend", Id> {
  /** `auto` tries the largest first, and never 0. Ours: 40 `cuda`, 30 `webgpu`, 20 `tensorflow`, 10 `wasm`, 0 `cpu`. */
  readonly preference: number;
  /** Starts the backend and makes it tfjs's current one; throws with the remedy where it cannot. */
  start(): Promise<Device>;
  /** The devices that it sees here, whether or not it starts: `vulkan: NVIDIA L4`. `doctor` tells them. Absent: it looks for none. */
  devices?(): Promise<readonly string[]>;
}

/** A backend that has been started. */
export interface Device {
  /** Id of the backend that started it: `webgpu`, `wasm`. Where a backend chose among others, of the chosen one. */
  readonly backend: string;
  /** What the backend was started with: with its id, all that another process needs to start the same. */
  readonly options: object;
  /** For people: `wasm (SIMD, 1 thread)`. */
  readonly description: string;
  /** Versions, features, limits: what results record. */
  readonly details: Readonly<Record<string, string>>;
  /** Why it is this device: every backend that was preferred to it and did not start. Absent where the backend was named. */
  readonly reasons?: readonly Reason[];
  /**
   * The worker processes that train on it at a time unless the user gives their number: the environment variables of each, such as
   * the GPU that it may see. More workers than listed go around. Absent: one on each processor core.
   */
  readonly workers?: readonly Readonly<Record<string, string>>[];
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
  /**
   * Bytes that the device would hold for tensors, at most, if it did `work` alone. `work` is called once, makes and disposes all
   * that it uses, and gets no values: nothing is computed. Throws `DeviceError` where so much does not fit. Absent where the
   * device cannot tell beforehand.
   */
  rehearse?(work: () => void): Promise<number>;
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
  /** As {@link Backend.preference}; by default 0. */
  readonly preference?: number;
  readonly start: (options: Options) => Promise<Device>;
  readonly devices?: () => Promise<readonly string[]>;
}

/** Declares a backend. */
export function defineBackend<const Id extends string, Defaults extends object, Options extends object = Defaults>({
  preference = 0,
  start,
  devices,
  ...definition
}: BackendDefinition<Id, Defaults, Options>): Factory<Backend<Id>, Options> {
  return defineComponent("backend", definition, (options) => ({
    preference,
    start: async () => {
      const device = await start(options);
      // Other processes start the backend that a device names: another one's name would give them another device, without a word.
      if (device.backend === definition.id || device.reasons) return device;
      await device.dispose();
      throw new EmStellarError(
        `backend "${definition.id}" started a device that names "${device.backend}" as its backend. Its start() must return backend: "${definition.id}"; only a backend that chooses among others names the chosen one, with the reasons for it.`,
      );
    },
    ...(devices && { devices }),
  }));
}
