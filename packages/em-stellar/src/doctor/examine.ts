import type { AnyFactory, AnyRegistry } from "@em-stellar/core";
import type { Backend } from "@em-stellar/core/training";
import { reasonOf } from "@em-stellar/kernels/backend";
import type { Finding } from "./finding.js";

/** Starts a backend in this process, and releases it again. What native code does wrong takes the process with it. */
export async function examine(id: string, registry: AnyRegistry): Promise<Finding> {
  const factory: AnyFactory<Backend> = registry.lookup("backend", id);
  const backend = factory();
  const seen = await backend.devices?.().catch(() => undefined);
  const devices = seen && { devices: seen };
  try {
    const device = await backend.start();
    await device.dispose();
    const { backend: started, description, details } = device;
    return { backend: id, status: "ready", started, device: description, details, ...devices };
  } catch (error) {
    const { status, problem, remedy } = reasonOf(id, error);
    return { backend: id, status, problem, remedy, ...devices };
  }
}
