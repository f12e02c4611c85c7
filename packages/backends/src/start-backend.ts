import { NoSuchComponentError } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { cpu } from "./cpu.js";
import { wasm } from "./wasm.js";

const backends = { wasm, cpu };

/** Starts a backend with its default options and makes it tfjs's current one: `const device = await startBackend("wasm")`. */
export async function startBackend(id: keyof typeof backends = "wasm"): Promise<Device> {
  if (!Object.hasOwn(backends, id)) throw new NoSuchComponentError("backend", id, Object.keys(backends));
  return backends[id]().start();
}
