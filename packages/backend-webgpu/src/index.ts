export { plugin as default, plugin } from "./plugin.js";
export { type WebgpuOptions, webgpu } from "./webgpu.js";
