export { cuda } from "./cuda.js";
export { plugin as default, plugin } from "./plugin.js";
export { tensorflow } from "./tensorflow.js";
