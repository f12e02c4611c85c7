import { plugin as cpu } from "@em-stellar/backend-cpu";
import { plugin as tensorflow } from "@em-stellar/backend-tensorflow";
import { plugin as wasm } from "@em-stellar/backend-wasm";
import { plugin as webgpu } from "@em-stellar/backend-webgpu";

/** The built-in plugins that bring backends, without `auto`, which chooses from those of all plugins that there are. */
export const backendPlugins = [tensorflow, webgpu, wasm, cpu] as const;
