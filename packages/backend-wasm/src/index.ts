export { plugin as default, plugin } from "./plugin.js";
export { type WasmOptions, wasm } from "./wasm.js";
