import type { AnyFactory, AnyRegistry } from "@em-stellar/core";
import type { Backend, Device } from "@em-stellar/core/training";
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
    const { backend: started, description, details } = device;
    const settled = await Promise.all(settledBy(device).map((finding) => withDevices(finding, registry)));
    return {
      backend: id,
      status: "ready",
      started,
      device: description,
      details,
      ...devices,
      ...(settled.length > 0 && { settled }),
    };
  } catch (error) {
    const { status, problem, remedy } = reasonOf(id, error);
    return { backend: id, status, problem, remedy, ...devices };
  }
}

/** What a device that was chosen among backends tells of them. */
function settledBy({ backend, description, details, reasons }: Device): Finding[] {
  if (reasons === undefined) return [];
  const { choice: _, ...own } = details;
  return [
    ...reasons.filter(({ status }) => status === "missing"),
    { backend, status: "ready", started: backend, device: description, details: own },
  ];
}

async function withDevices(finding: Finding, registry: AnyRegistry): Promise<Finding> {
  const factory: AnyFactory<Backend> = registry.lookup("backend", finding.backend);
  return { ...finding, ...(await devicesOf(factory())) };
}

async function devicesOf(backend: Backend): Promise<Pick<Finding, "devices">> {
  const devices = await backend.devices?.().catch(() => undefined);
  return devices ? { devices } : {};
}
