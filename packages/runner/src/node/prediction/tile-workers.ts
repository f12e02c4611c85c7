import { Worker } from "node:worker_threads";
import { EmStellarError, nextTurn } from "@em-stellar/core";
import { DeviceError } from "@em-stellar/core/training";
import type { TileComputer } from "../../prediction/predict-image.js";
import { takes } from "./claim.js";
import type { TileAnswer, TileOrder, TileSetup } from "./serve-tiles.js";

/** Threads that predict tiles, each with a backend and models of its own. */
export interface TileWorkers {
  /** Where the tiles of each model are computed. */
  readonly computers: readonly TileComputer[];
  /** Bytes that the backends of all started threads hold together, the largest so far of each. */
  peakBytes(): number;
  /** Ends the threads; what they are at is given up. */
  close(): Promise<void>;
}

export interface TileWorkersOptions {
  /** How many threads are started. */
  readonly size: number;
  /** A module that calls `serveTiles`. */
  readonly entry: URL;
  /** What each thread is given as its `workerData`, with its number. */
  readonly setup: Omit<TileSetup, "thread">;
  readonly models: number;
  /** The models on this thread's own backend, where it predicts beside the others. */
  readonly own?: readonly TileComputer[];
}

interface Job {
  readonly order: TileOrder;
  /** A copy of the pixels, of which nobody else knows. */
  resolve(values: Float32Array): void;
  reject(error: unknown): void;
}

/** The number of this thread where it takes tiles; those of the others begin behind it. */
const here = 1;

/**
 * Starts all threads at once, so that they are ready when the first image is. Every thread is told of every tile, and whoever is
 * free takes the next one: so none waits for a thread that is at work, such as this one where it predicts too.
 */
export function startTileWorkers({ size, entry, setup, models, own }: TileWorkersOptions): TileWorkers {
  const jobs = new Map<number, Job>();
  const peaks = new Map<number, number>();
  let orders = 0;
  let failure: unknown;
  let isAtWork = false;

  const fail = (error: unknown) => {
    failure ??= error;
    for (const job of jobs.values()) job.reject(failure);
    jobs.clear();
  };
  const threads = Array.from({ length: size }, (_, i): Worker => {
    const thread = here + 1 + i;
    const worker = new Worker(entry, { workerData: { ...setup, thread } });
    worker.on("message", (answer: TileAnswer) => {
      if (answer.type === "failed") {
        fail(answer.isDevice ? new DeviceError(answer.message) : new EmStellarError(answer.message));
        return;
      }
      peaks.set(thread, answer.peakBytes);
      jobs.get(answer.order)?.resolve(answer.values);
      jobs.delete(answer.order);
    });
    worker.on("error", (error: Error & { readonly code?: string }) => {
      const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      fail(isMemory ? new EmStellarError("A worker ran out of memory. Try fewer at a time: `workers: 1`.") : error);
    });
    worker.on("exit", () => fail(new EmStellarError("A worker thread ended before its tile did. Try `workers: 1`.")));
    return worker;
  });
  /** Predicts tiles for as long as there are any that nobody has taken. */
  const work = async (computers: readonly TileComputer[]) => {
    if (isAtWork) return;
    isAtWork = true;
    try {
      for (;;) {
        // First whatever else there is to do, such as signals, and in the second turn the rows that end with the last tile.
        for (let turn = 0; turn < 2; turn++) await nextTurn();
        const [id, job] = [...jobs].find(([, { order }]) => takes(order.taken, here)) ?? [];
        if (id === undefined || !job) return;
        const { model, values, width, height, channels } = job.order;
        const computer = computers[model];
        if (!computer) throw new Error(`no model ${model}`);
        job.resolve((await computer.predict(values.slice(), width, height, channels)).slice());
        jobs.delete(id);
      }
    } catch (error) {
      fail(error);
    } finally {
      isAtWork = false;
    }
  };
  return {
    computers: Array.from({ length: models }, (_, model) => ({
      ahead: size + (own ? 2 : 1), // so that none waits while this thread puts a tile in its place, or predicts one
      predict: (values, width, height, channels) =>
        new Promise((resolve, reject) => {
          if (failure !== undefined) return reject(failure);
          const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
          shared.set(values);
          const taken = new Int32Array(new SharedArrayBuffer(4));
          const order = { order: orders++, taken, model, values: shared, width, height, channels };
          jobs.set(order.order, { order, resolve, reject });
          for (const thread of threads) thread.postMessage(order);
          if (own) void work(own);
        }),
    })),
    peakBytes: () => [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0),
    async close() {
      fail(new EmStellarError("The workers were ended."));
      await Promise.all(threads.map((worker) => worker.terminate()));
    },
  };
}
