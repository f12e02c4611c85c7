export { type ComponentCheck, type ComponentCheckOptions, componentChecks } from "./component-checks.js";
