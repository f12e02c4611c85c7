import { createHash } from "node:crypto";
import { type ImagePlace, imageReaderOf } from "@em-stellar/data/node";
import type { TaskTools } from "../tasks.js";

/** What the caller provides for an evaluation: the metrics and image formats, and how to count. */
export type MetricTools = Pick<TaskTools, "registry" | "counting">;

/** What tasks on files are done with. */
export function fileTools(tools: MetricTools): TaskTools<ImagePlace> {
  return { ...tools, read: imageReaderOf(tools.registry).readPage, createHash: () => createHash("sha256") };
}
