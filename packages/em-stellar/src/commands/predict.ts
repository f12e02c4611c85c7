import { registryOf } from "../plugins.js";
import { type PredictOptions, predictDefaults, predict as run } from "../predict/predict.js";
import type { Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export type PredictCommand = Partial<Omit<PredictOptions, "model" | "inputs">> &
  Pick<PredictOptions, "out"> & {
    /** Packages and ./files of plugins. */
    readonly plugin?: readonly string[];
  };

/** `em-stellar predict MODEL IMAGE…`: segments images with a trained model. */
export async function predict(
  model: string,
  inputs: readonly string[],
  { plugin = [], ...options }: PredictCommand,
  terminal: Terminal,
): Promise<void> {
  await run({ ...predictDefaults, ...options, model, inputs }, await registryOf(plugin), terminal);
}
