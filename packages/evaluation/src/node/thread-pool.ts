import { Worker } from "node:worker_threads";
import { EmStellarError, InputError } from "@em-stellar/core";
import type { ImagePlace } from "@em-stellar/data/node";
import { inThisThread, type TaskPerformer } from "../task-performer.js";
import type { ResultOf, Task } from "../tasks.js";
import { fileTools, type MetricTools } from "./file-tools.js";
import type { Answer, Order } from "./serve-tasks.js";

interface ThreadPool {
  readonly performer: TaskPerformer<ImagePlace>;
  /** Ends the threads. */
  close(): Promise<void>;
}

interface ThreadPoolOptions {
  /** Threads at a time. With 1 everything happens in this thread, as a single task always does. */
  readonly size: number;
  /** A module that calls `serveTasks` with the same tools. */
  readonly entry: URL;
  /** What each thread is given as its `workerData`. */
  readonly setup?: unknown;
  /** What tasks in this thread are done with. */
  readonly tools: MetricTools;
  /** Ends the threads, and the list of tasks with its reason. */
  readonly signal?: AbortSignal;
}

/** A pool of threads, started as they are needed. */
export function createThreadPool({ size, entry, setup, tools, signal }: ThreadPoolOptions): ThreadPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const alone = inThisThread(fileTools(tools), signal);
  const close = async () => {
    await Promise.all([...all].map((worker) => worker.terminate()));
  };
  return {
    close,
    async performer<T extends Task<ImagePlace>>(
      tasks: readonly T[],
      onImage: (index: number) => void,
      onDone: (index: number, result: ResultOf<T>) => void,
    ) {
      if (size === 1 || tasks.length === 1) return alone(tasks, onImage, onDone);
      signal?.throwIfAborted();
      const results: ResultOf<T>[] = [];
      const waiting = [...tasks.entries()];
      const serve = async () => {
        const worker = idle.pop() ?? startWorker(entry, setup, all);
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [index, task] = next;
          try {
            const result = await order<T>(worker, { index, task }, onImage);
            results[index] = result;
            onDone(index, result);
          } catch (error) {
            waiting.length = 0;
            signal?.throwIfAborted(); // then that is why the thread ended
            throw error;
          }
        }
        idle.push(worker);
      };
      const stop = () => void close();
      signal?.addEventListener("abort", stop);
      try {
        await Promise.all(Array.from({ length: Math.min(size, tasks.length) }, serve));
      } finally {
        signal?.removeEventListener("abort", stop);
      }
      return results;
    },
  };
}

function startWorker(entry: URL, workerData: unknown, all: Set<Worker>): Worker {
  const worker = new Worker(entry, { workerData });
  all.add(worker);
  return worker;
}

function order<T extends Task>(worker: Worker, sent: Order, onImage: (index: number) => void): Promise<ResultOf<T>> {
  return new Promise((resolve, reject) => {
    const end = () => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
    };
    const onMessage = (answer: Answer) => {
      if (answer.type === "image") {
        try {
          onImage(answer.index);
        } catch (error) {
          fail(error);
        }
        return;
      }
      if (answer.type === "failed") {
        fail(answer.expected ? new InputError(answer.message) : new Error(answer.message));
        return;
      }
      end();
      resolve(answer.result as ResultOf<T>); // the worker does what this thread would do
    };
    const onError = (error: Error) => {
      const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
      fail(isMemory ? new EmStellarError("A worker ran out of memory. Try fewer at a time: `workers: 1`.") : error);
    };
    const onExit = () => onError(new Error("A worker thread ended before its task did."));
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("exit", onExit);
    worker.postMessage(sent);
  });
}
