import { parentPort } from "node:worker_threads";
import { createRegistry, InputError } from "@em-stellar/core";
import metrics from "@em-stellar/metrics";
import { perform, type Task } from "./tasks.js";

/** What a thread is sent: a task and its place in the list. */
export interface Order {
  readonly index: number;
  readonly task: Task;
}

/** What it answers. */
export type Answer =
  | { readonly type: "image"; readonly index: number }
  | { readonly type: "done"; readonly index: number; readonly result: unknown }
  | { readonly type: "failed"; readonly index: number; readonly message: string; readonly expected: boolean };

const registry = createRegistry(metrics);
const answer = (message: Answer) => parentPort?.postMessage(message);

parentPort?.on("message", async ({ index, task }: Order) => {
  try {
    const result = await perform(task, registry, () => answer({ type: "image", index }));
    answer({ type: "done", index, result });
  } catch (error) {
    const expected = error instanceof InputError;
    const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
    answer({ type: "failed", index, message: text, expected });
  }
});
