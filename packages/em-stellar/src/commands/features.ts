import { join } from "node:path";
import { commandLine } from "../command-line.js";
import { featuresDefaults, features as run } from "../features/features.js";
import type { Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export interface FeaturesCommand {
  readonly images: readonly string[];
  readonly out?: string;
  readonly count?: number;
  readonly side?: number;
  readonly threshold?: number;
  readonly backend?: string;
  readonly allowSoftware?: boolean;
  readonly plugin?: readonly string[];
}

/** `em-stellar features MODEL…`: how much the feature channels of trained networks repeat each other. */
export async function features(
  models: readonly string[],
  { plugin = [], ...given }: FeaturesCommand,
  args: readonly string[],
  terminal: Terminal,
): Promise<void> {
  await run(
    {
      ...featuresDefaults,
      models,
      out: join("runs", "features"),
      ...given,
      plugins: plugin,
      command: commandLine(args),
    },
    terminal,
  );
}
