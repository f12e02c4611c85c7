import type { AnyFactory, AnyRegistry } from "@em-stellar/core";
import type { Backend, Device } from "@em-stellar/core/training";

/** Which device a run is to compute on. */
export interface DeviceChoice {
  /** Id of a backend, or `auto`. */
  readonly backend: string;
  /** Lets `webgpu` take an adapter that computes on the processor. */
  readonly allowSoftware: boolean;
}

/** Starts the backend that a suite or the command line names. */
export async function startDevice({ backend, allowSoftware }: DeviceChoice, registry: AnyRegistry): Promise<Device> {
  const factory: AnyFactory<Backend> = registry.lookup("backend", backend);
  const webgpu = { allowSoftware };
  if (!allowSoftware) return factory().start();
  return factory(backend === "auto" ? { webgpu } : backend === "webgpu" ? webgpu : {}).start();
}
