import { startBackend } from "@em-stellar/backends";
import type { AnyFactory, AnyRegistry } from "@em-stellar/core";
import type { Backend, Device } from "@em-stellar/core/training";

/** Starts the backend that a suite names; `auto` picks the fastest that is here. */
export async function startDevice(id: string, registry: AnyRegistry): Promise<Device> {
  if (id === "auto") return startBackend("wasm");
  const factory: AnyFactory<Backend> = registry.lookup("backend", id);
  return factory().start();
}
