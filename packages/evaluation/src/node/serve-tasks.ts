import { parentPort } from "node:worker_threads";
import { InputError } from "@em-stellar/core";
import type { ImagePlace } from "@em-stellar/data/node";
import { perform, type Task } from "../tasks.js";
import { fileTools, type MetricTools } from "./file-tools.js";

/** What a thread is sent: a task and its place in the list. */
export interface Order {
  readonly index: number;
  readonly task: Task<ImagePlace>;
}

/** What it answers. */
export type Answer =
  | { readonly type: "image"; readonly index: number }
  | { readonly type: "done"; readonly index: number; readonly result: unknown }
  | { readonly type: "failed"; readonly index: number; readonly message: string; readonly expected: boolean };

/** A thread's side of an evaluation: does the tasks that it is sent. The module that a pool starts calls it. */
export function serveTasks(given: MetricTools): void {
  const tools = fileTools(given);
  const answer = (message: Answer) => parentPort?.postMessage(message);
  parentPort?.on("message", async ({ index, task }: Order) => {
    try {
      const result = await perform(task, tools, () => answer({ type: "image", index }));
      answer({ type: "done", index, result });
    } catch (error) {
      const expected = error instanceof InputError;
      const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
      answer({ type: "failed", index, message: text, expected });
    }
  });
}
