import { Worker } from "node:worker_threads";
import { EmStellarError } from "@em-stellar/core";
import { DeviceError } from "@em-stellar/core/training";
import type { TileComputer } from "../../prediction/predict-image.js";
import type { TileAnswer, TileOrder, TileSetup } from "./serve-tiles.js";

/** Threads that predict tiles, each with a backend and models of its own. */
export interface TileWorkers {
  /** Where the tiles of each model are computed. */
  readonly computers: readonly TileComputer[];
  /** Bytes that the backends of all threads hold together, the largest so far of each. */
  peakBytes(): number;
  /** Ends the threads; what they are at is given up. */
  close(): Promise<void>;
}

export interface TileWorkersOptions {
  readonly size: number;
  /** A module that calls `serveTiles`. */
  readonly entry: URL;
  /** What each thread is given as its `workerData`. */
  readonly setup: TileSetup;
  readonly models: number;
}

interface Job {
  readonly order: TileOrder;
  resolve(values: Float32Array): void;
  reject(error: unknown): void;
}

/** Starts all threads at once, so that they are ready when the first image is; each computes one tile at a time. */
export function startTileWorkers({ size, entry, setup, models }: TileWorkersOptions): TileWorkers {
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job>();
  const peaks = new Map<Worker, number>();
  const threads = new Set<Worker>();
  let failure: unknown;

  const fail = (error: unknown) => {
    failure ??= error;
    for (const job of [...busy.values(), ...waiting.splice(0)]) job.reject(failure);
    busy.clear();
  };
  const start = (): Worker => {
    const worker = new Worker(entry, { workerData: setup });
    threads.add(worker);
    worker.on("message", (answer: TileAnswer) => {
      if (answer.type === "failed") {
        fail(answer.isDevice ? new DeviceError(answer.message) : new EmStellarError(answer.message));
        return;
      }
      peaks.set(worker, answer.peakBytes);
      busy.get(worker)?.resolve(answer.values);
      busy.delete(worker);
      idle.push(worker);
      serve();
    });
    worker.on("error", (error: Error & { readonly code?: string }) => {
      const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      fail(isMemory ? new EmStellarError("A worker ran out of memory. Try fewer at a time: `workers: 1`.") : error);
    });
    worker.on("exit", () => {
      if (busy.has(worker)) fail(new EmStellarError("A worker thread ended before its tile did. Try `workers: 1`."));
    });
    return worker;
  };
  idle.push(...Array.from({ length: size }, start));
  const serve = () => {
    for (let worker = waiting.length > 0 && idle.pop(); worker; worker = waiting.length > 0 && idle.pop()) {
      const job = waiting.shift() as Job; // there is one
      busy.set(worker, job);
      worker.postMessage(job.order, [job.order.values.buffer as ArrayBuffer]);
    }
  };
  return {
    computers: Array.from({ length: models }, (_, model) => ({
      ahead: size + 1, // so that none waits while this thread puts a tile in its place
      predict: (values, width, height, channels) =>
        new Promise((resolve, reject) => {
          if (failure !== undefined) return reject(failure);
          const order = { model, values, width, height, channels };
          waiting.push({ order, resolve, reject });
          serve();
        }),
    })),
    peakBytes: () => [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0),
    async close() {
      fail(new EmStellarError("The workers were ended."));
      await Promise.all([...threads].map((worker) => worker.terminate()));
    },
  };
}
