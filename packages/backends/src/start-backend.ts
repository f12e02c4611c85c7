import { NoSuchComponentError } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { auto } from "./auto.js";
import { cpu } from "./cpu.js";
import { cuda } from "./cuda.js";
import { tensorflow } from "./tensorflow.js";
import { wasm } from "./wasm.js";
import { webgpu } from "./webgpu.js";

const backends = { auto, cuda, webgpu, tensorflow, wasm, cpu };

/** Id of a backend of this package, or `auto`. */
export type BackendId = keyof typeof backends;

/**
 * Starts a backend and makes it tfjs's current one: `const device = await startBackend("auto")`. A backend that was named
 * and does not start is a `BackendUnavailableError`, which says what to install or do.
 */
export async function startBackend<Id extends BackendId>(
  id: Id,
  options: Parameters<(typeof backends)[Id]>[0] = {},
): Promise<Device> {
  if (!Object.hasOwn(backends, id)) throw new NoSuchComponentError("backend", id, Object.keys(backends));
  const factory: (options: object) => { start(): Promise<Device> } = backends[id]; // takes the options of its id
  return factory(options).start();
}
