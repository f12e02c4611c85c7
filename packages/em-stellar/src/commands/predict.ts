import type { Device } from "@em-stellar/core/training";
import { measureObjects } from "@em-stellar/metrics";
import { type FilePredictionOptions, predictFiles } from "@em-stellar/runner/node";
import { environment } from "../environment.js";
import type { PredictionSetup } from "../prediction-worker.js";
import { registryForRuns } from "../recorded-plugins.js";
import { type DeviceChoice, startDevice } from "../start-device.js";
import { interruptible } from "../terminal/interruptible.js";
import { predictionBlock, predictionLines } from "../terminal/prediction-lines.js";
import type { Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export interface PredictCommand
  extends Partial<Omit<FilePredictionOptions, "model" | "inputs" | "out">>,
    Partial<DeviceChoice> {
  readonly out: string;
  /** Packages and ./files of plugins, beside those of the run that the model is of. */
  readonly plugin?: readonly string[];
}

/** `em-stellar predict MODEL IMAGE…`: segments images with a trained model. */
export async function predict(
  model: string,
  inputs: readonly string[],
  { plugin = [], backend = "auto", allowSoftware = false, ...options }: PredictCommand,
  terminal: Terminal,
): Promise<void> {
  const registry = await registryForRuns([model], plugin, terminal);
  const start = () => startDevice({ backend, allowSoftware }, registry);
  await interruptible(
    {
      stopped: "! Stopped. Run the same command again to continue: finished images are kept.",
      async work(signal) {
        const context = {
          ...{ registry, measureObjects, startDevice: start, environment: environment(), signal },
          tileWorkers: {
            entry: workerEntry(),
            setup: (device: Device): PredictionSetup => ({
              ...{ models: [model], plugins: plugin },
              device: { backend: { id: device.backend, options: device.options } },
            }),
          },
        };
        for await (const event of predictFiles({ ...options, model, inputs }, context)) {
          signal.throwIfAborted();
          const block = predictionBlock(event, terminal.columns);
          if (block) terminal.draw(block);
          for (const line of predictionLines(event)) terminal.print(line);
        }
      },
    },
    terminal,
  );
}

function workerEntry(): URL {
  // Sources, which tests run, have the other extension.
  const entry = import.meta.url.endsWith(".ts") ? "../prediction-worker.ts" : "../prediction-worker.js";
  return new URL(entry, import.meta.url);
}
