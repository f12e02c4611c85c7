export { cpu } from "./cpu.js";
export { plugin as default, plugin } from "./plugin.js";
