export { type Case, type Example, isExample, type Topic } from "./case.js";
export { check } from "./check.js";
export { type KernelCheck, kernelChecks } from "./kernel-checks.js";
export type { Reference } from "./reference.js";
export { topics } from "./topics.js";
