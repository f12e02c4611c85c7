import { workerData } from "node:worker_threads";
import { serveTiles, type TileSetup } from "@em-stellar/runner/node";
import { registryForRuns } from "./recorded-plugins.js";
import { type DeviceChoice, startDevice } from "./start-device.js";

/** What the command hands over. */
export interface PredictionSetup {
  /** Folders of models, whose runs name plugins. */
  readonly models: readonly string[];
  readonly plugins: readonly string[];
  readonly device: DeviceChoice;
}

const { models, plugins, device, ...setup }: PredictionSetup & TileSetup = workerData;
// The command has said what there is to say of plugins.
const registry = await registryForRuns(models, plugins, { print() {} });
await serveTiles(setup, registry, () => startDevice(device, registry));
