export { type NetworkCheck, networkChecks } from "./network-checks.js";
export type { NetworkCheckOptions } from "./options.js";
