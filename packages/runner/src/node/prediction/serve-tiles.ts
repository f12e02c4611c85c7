import { parentPort } from "node:worker_threads";
import type { AnyRegistry } from "@em-stellar/core";
import { type Device, DeviceError } from "@em-stellar/core/training";
import { computerOf } from "../../prediction/predict-image.js";
import { takes } from "./claim.js";
import { openModels } from "./opened-models.js";

/** What a thread is started with, beside what its module needs for a registry and a device. */
export interface TileSetup {
  /** Of the model or the ensemble. */
  readonly folder: string;
  /** The thread's number, above 0. */
  readonly thread: number;
}

/** A tile for whichever thread takes it: normalised pixels, [height, width, channels], for one of the models. */
export interface TileOrder {
  readonly order: number;
  /** One number in shared memory: that of the thread that has taken the tile, 0 before. */
  readonly taken: Int32Array;
  readonly model: number;
  /** In shared memory, which nobody changes. */
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** What a thread answers. */
export type TileAnswer =
  | { readonly type: "done"; readonly order: number; readonly values: Float32Array; readonly peakBytes: number }
  | { readonly type: "failed"; readonly message: string; readonly isDevice: boolean };

/** A thread's side of a prediction: predicts the tiles that it takes. The module that tile workers start calls it. */
export async function serveTiles(
  { folder, thread }: TileSetup,
  registry: AnyRegistry,
  startDevice: () => Promise<Device>,
): Promise<void> {
  const answer = (message: TileAnswer, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(message, transfer);
  const open = async () => {
    const device = await startDevice();
    const { models } = await openModels(folder, registry, device);
    return { device, computers: models.map(({ model }) => computerOf(model)) };
  };
  const opened = open();
  const predict = async ({ order, taken, model, values, width, height, channels }: TileOrder) => {
    const { device, computers } = await opened;
    if (!takes(taken, thread)) return;
    const computer = computers[model];
    if (!computer) throw new Error(`no model ${model} in ${folder}`);
    const predicted = await computer.predict(values.slice(), width, height, channels);
    const own = predicted.slice(); // what a backend gives may be a part of its memory
    answer({ type: "done", order, values: own, peakBytes: device.peakBytes() }, [own.buffer as ArrayBuffer]);
  };
  const fail = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    answer({ type: "failed", message, isDevice: error instanceof DeviceError });
  };
  // One after another: a tile that is taken early could be computed by a thread that is free.
  let last: Promise<unknown> = opened.catch(fail);
  parentPort?.on("message", (order: TileOrder) => {
    last = last.then(() => predict(order)).catch(fail);
  });
  await last;
}
