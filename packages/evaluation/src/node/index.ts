export type { MetricTools } from "./perform-in-node.js";
export { serveTasks } from "./serve-tasks.js";
export { createThreadPool, type ThreadPool, type ThreadPoolOptions } from "./thread-pool.js";
