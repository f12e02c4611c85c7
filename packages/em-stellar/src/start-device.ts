import type { WebgpuOptions } from "@em-stellar/backend-webgpu";
import { type AnyFactory, type AnyRegistry, EmStellarError } from "@em-stellar/core";
import type { Backend, Device } from "@em-stellar/core/training";

/** Which device a run is to compute on. */
export interface DeviceChoice {
  /** Id of a backend, or `auto`. */
  readonly backend: string;
  /** Lets `webgpu` take an adapter that computes on the processor. */
  readonly allowSoftware: boolean;
  /** In what `webgpu` multiplies; float32 if absent, as everywhere else. */
  readonly precision?: WebgpuOptions["precision"];
}

/** Starts the backend that a suite or the command line names. */
export async function startDevice(choice: DeviceChoice, registry: AnyRegistry): Promise<Device> {
  const { backend, allowSoftware, precision = "float32" } = choice;
  const factory: AnyFactory<Backend> = registry.lookup("backend", backend);
  const webgpu = { ...(allowSoftware && { allowSoftware }), ...(precision !== "float32" && { precision }) };
  if (precision !== "float32" && backend !== "auto" && backend !== "webgpu") {
    throw new EmStellarError(
      `backend "${backend}" computes in float32 only, but was asked for the precision "${precision}", which "webgpu" has on some GPUs. Leave --precision out, or take --backend webgpu.`,
    );
  }
  if (Object.keys(webgpu).length === 0) return factory().start();
  return factory(backend === "auto" ? { webgpu } : backend === "webgpu" ? webgpu : {}).start();
}
