export { average } from "./average.js";
export { majority } from "./majority.js";
export { plugin as default } from "./plugin.js";
