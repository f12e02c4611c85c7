import type { AnyFactory, AnyRegistry } from "@em-stellar/core";
import type { Backend, Device } from "@em-stellar/core/training";

/** Which backend is to compute. */
export interface DeviceChoice {
  /** Id of a backend, or a backend with options as a suite has it. */
  readonly backend: string | { readonly id: string; readonly options: object };
  /** Options of the backend, over those that it comes with. */
  readonly backendOption?: Readonly<Record<string, unknown>>;
  /** Short for the option of this name. */
  readonly allowSoftware?: boolean;
  /** Short for the option of this name. */
  readonly precision?: string;
}

/** Starts the backend that a suite or the command line names. */
export async function startDevice(choice: DeviceChoice, registry: AnyRegistry): Promise<Device> {
  return backendOf(choice, registry).start();
}

/** The backend that a suite or the command line names, with its options; nothing is started. */
export function backendOf(choice: DeviceChoice, registry: AnyRegistry): Backend {
  const { backend, backendOption, allowSoftware, precision } = choice;
  const { id, options } = typeof backend === "string" ? { id: backend, options: {} } : backend;
  const factory: AnyFactory<Backend> = registry.lookup("backend", id);
  const given = {
    ...options,
    ...backendOption,
    ...(allowSoftware && { allowSoftware }),
    ...(precision !== undefined && { precision }),
  };
  return factory(given);
}
