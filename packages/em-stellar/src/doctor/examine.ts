import { listAdapters } from "@em-stellar/backend-webgpu";
import type { AnyFactory } from "@em-stellar/core";
import type { Backend } from "@em-stellar/core/training";
import { reasonOf } from "@em-stellar/kernels/backend";
import { builtins } from "../registry.js";
import type { Finding } from "./finding.js";

/** Starts a backend in this process, and releases it again. What native code does wrong takes the process with it. */
export async function examine(backend: string): Promise<Finding> {
  const factory: AnyFactory<Backend> = builtins.lookup("backend", backend);
  const seen = backend === "webgpu" ? await listAdapters().catch(() => undefined) : undefined;
  const adapters = seen && { adapters: seen };
  try {
    const device = await factory().start();
    await device.dispose();
    const { backend: started, description, details } = device;
    return { backend, status: "ready", started, device: description, details, ...adapters };
  } catch (error) {
    const { status, problem, remedy } = reasonOf(backend, error);
    return { backend, status, problem, remedy, ...adapters };
  }
}
