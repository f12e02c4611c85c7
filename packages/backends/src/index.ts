export { cpu } from "./cpu.js";
export { plugin as default, plugin } from "./plugin.js";
export { startBackend } from "./start-backend.js";
export { type WasmOptions, wasm } from "./wasm.js";
