import type { AnyFactory, AnyRegistry } from "@em-stellar/core";
import type { Backend, Reason } from "@em-stellar/core/training";
import { reasonOf } from "@em-stellar/kernels/backend";
import type { Finding } from "./finding.js";

/** Starts a backend in this process, and releases it again. What native code does wrong takes the process with it. */
export async function examine(id: string, registry: AnyRegistry): Promise<Finding> {
  const factory: AnyFactory<Backend> = registry.lookup("backend", id);
  const backend = factory();
  const devices = await devicesOf(backend);
  try {
    const device = await backend.start();
    await device.dispose();
    const { backend: started, description, details, reasons = [] } = device;
    const missing = reasons.filter(({ status }) => status === "missing").map((reason) => withDevices(reason, registry));
    return {
      backend: id,
      status: "ready",
      started,
      device: description,
      details,
      ...devices,
      ...(missing.length > 0 && { missing: await Promise.all(missing) }),
    };
  } catch (error) {
    const { status, problem, remedy } = reasonOf(id, error);
    return { backend: id, status, problem, remedy, ...devices };
  }
}

/** What `auto` says of a backend that it passed over, with the devices that the backend sees. */
async function withDevices(reason: Reason, registry: AnyRegistry): Promise<Finding> {
  const factory: AnyFactory<Backend> = registry.lookup("backend", reason.backend);
  return { ...reason, ...(await devicesOf(factory())) };
}

async function devicesOf(backend: Backend): Promise<Pick<Finding, "devices">> {
  const devices = await backend.devices?.().catch(() => undefined);
  return devices ? { devices } : {};
}
