import { Worker } from "node:worker_threads";
import { EmStellarError, InputError } from "@em-stellar/core";
import type { ImagePlace } from "@em-stellar/data/node";
import type { ResultOf, Task } from "../tasks.js";
import { type MetricTools, performInNode } from "./perform-in-node.js";
import type { Answer, Order } from "./serve-tasks.js";

/** Does lists of tasks, several at a time. */
export interface ThreadPool {
  /**
   * The results, in the order of the tasks. `onImage` is told a task's place in the list after each of its images,
   * `onDone` when it is done.
   */
  run<T extends Task<ImagePlace>>(
    tasks: readonly T[],
    onImage: (index: number) => void,
    onDone: (index: number, result: ResultOf<T>) => void,
  ): Promise<ResultOf<T>[]>;
  close(): Promise<void>;
}

export interface ThreadPoolOptions {
  /** Threads at a time. With 1 everything happens in this thread, as a single task always does. */
  readonly size: number;
  /** A module that calls `serveTasks` with the same tools. */
  readonly entry: URL;
  /** What tasks in this thread are done with. */
  readonly tools: MetricTools;
}

/** A pool of threads, started as they are needed. The first task that fails ends the list with its error. */
export function createThreadPool({ size, entry, tools }: ThreadPoolOptions): ThreadPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  return {
    async run<T extends Task<ImagePlace>>(
      tasks: readonly T[],
      onImage: (index: number) => void,
      onDone: (index: number, result: ResultOf<T>) => void,
    ) {
      const results: ResultOf<T>[] = [];
      const done = (index: number, result: ResultOf<T>) => {
        results[index] = result;
        onDone(index, result);
      };
      if (size === 1 || tasks.length === 1) {
        for (const [index, task] of tasks.entries())
          done(index, await performInNode(task, tools, () => onImage(index)));
        return results;
      }
      const waiting = [...tasks.entries()];
      const serve = async () => {
        const worker = idle.pop() ?? startWorker(entry, all);
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [index, task] = next;
          try {
            done(index, await order<T>(worker, { index, task }, onImage));
          } catch (error) {
            waiting.length = 0;
            throw error;
          }
        }
        idle.push(worker);
      };
      await Promise.all(Array.from({ length: Math.min(size, tasks.length) }, serve));
      return results;
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

function startWorker(entry: URL, all: Set<Worker>): Worker {
  const worker = new Worker(entry);
  all.add(worker);
  return worker;
}

function order<T extends Task<ImagePlace>>(
  worker: Worker,
  sent: Order,
  onImage: (index: number) => void,
): Promise<ResultOf<T>> {
  return new Promise((resolve, reject) => {
    const end = () => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
    };
    const onMessage = (answer: Answer) => {
      if (answer.type === "image") {
        onImage(answer.index);
        return;
      }
      end();
      if (answer.type === "done")
        resolve(answer.result as ResultOf<T>); // the worker does what this thread would do
      else reject(answer.expected ? new InputError(answer.message) : new Error(answer.message));
    };
    const onError = (error: Error) => {
      end();
      const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
      reject(isMemory ? new EmStellarError("A worker ran out of memory. Try fewer at a time: --workers 1.") : error);
    };
    const onExit = () => onError(new Error("A worker thread ended before its task did."));
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("exit", onExit);
    worker.postMessage(sent);
  });
}
