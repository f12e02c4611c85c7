import cpu from "@em-stellar/backend-cpu";
import tensorflow from "@em-stellar/backend-tensorflow";
import wasm from "@em-stellar/backend-wasm";
import webgpu from "@em-stellar/backend-webgpu";

/** The built-in plugins that bring backends, without `auto`, which chooses from those of all plugins that there are. */
export const backendPlugins = [tensorflow, webgpu, wasm, cpu] as const;
