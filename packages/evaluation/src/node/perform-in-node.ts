import { createHash } from "node:crypto";
import { type ImagePlace, readPage } from "@em-stellar/data/node";
import { perform, type ResultOf, type Task, type TaskTools } from "../tasks.js";

/** What the caller brings to a task: the metrics, and how to count. */
export type MetricTools = Pick<TaskTools, "registry" | "counting">;

/** Does a task on files. */
export function performInNode<T extends Task<ImagePlace>>(
  task: T,
  tools: MetricTools,
  onImage: () => void,
): Promise<ResultOf<T>> {
  return perform(task, { ...tools, read: readPage, createHash: () => createHash("sha256") }, onImage);
}
