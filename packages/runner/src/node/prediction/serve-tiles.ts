import { parentPort } from "node:worker_threads";
import type { AnyRegistry } from "@em-stellar/core";
import { type Device, DeviceError } from "@em-stellar/core/training";
import { computerOf } from "../../prediction/predict-image.js";
import { openModels } from "./opened-models.js";

/** What a thread is started with, beside what its module needs for a registry and a device. */
export interface TileSetup {
  /** Of the model or the ensemble. */
  readonly folder: string;
}

/** A tile for a thread: normalised pixels, [height, width, channels], for one of the models. */
export interface TileOrder {
  readonly model: number;
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** What a thread answers. */
export type TileAnswer =
  | { readonly type: "done"; readonly values: Float32Array; readonly peakBytes: number }
  | { readonly type: "failed"; readonly message: string; readonly isDevice: boolean };

/** A thread's side of a prediction: predicts the tiles that it is sent. The module that tile workers start calls it. */
export async function serveTiles(
  { folder }: TileSetup,
  registry: AnyRegistry,
  startDevice: () => Promise<Device>,
): Promise<void> {
  const waiting: TileOrder[] = [];
  let ready: ((order: TileOrder) => Promise<void>) | undefined;
  const answer = (message: TileAnswer, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(message, transfer);
  const fail = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    answer({ type: "failed", message, isDevice: error instanceof DeviceError });
  };
  parentPort?.on("message", (order: TileOrder) => {
    if (ready) void ready(order).catch(fail);
    else waiting.push(order);
  });
  try {
    const device = await startDevice();
    const computers = (await openModels(folder, registry, device)).models.map(({ model }) => computerOf(model));
    ready = async ({ model, values, width, height, channels }) => {
      const computer = computers[model];
      if (!computer) throw new Error(`no model ${model} in ${folder}`);
      const predicted = await computer.predict(values, width, height, channels);
      const own = predicted.slice(); // what a backend gives may be a part of its memory
      answer({ type: "done", values: own, peakBytes: device.peakBytes() }, [own.buffer as ArrayBuffer]);
    };
    for (const order of waiting.splice(0)) await ready(order);
  } catch (error) {
    fail(error);
  }
}
