export { evaluateFiles, type FileEvaluationContext, type FileEvaluationOptions } from "./evaluate-files.js";
export type { MetricTools } from "./file-tools.js";
export { serveTasks } from "./serve-tasks.js";
