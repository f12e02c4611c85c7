import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import type { PairedBy, Positive } from "@em-stellar/evaluation";
import { commandLine } from "../command-line.js";
import { evaluateDefaults, evaluate as run } from "../evaluation/evaluate.js";
import type { Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export interface EvaluateCommand {
  readonly truth: string;
  readonly predictions: string;
  readonly out?: string;
  readonly images?: string;
  readonly positive?: Positive;
  readonly threshold?: number;
  readonly metrics?: readonly string[];
  readonly rankBy?: string;
  readonly pair?: PairedBy;
  readonly labels?: readonly number[];
  readonly white?: number;
  readonly truthLabels?: readonly number[];
  readonly truthWhite?: number;
  readonly workers?: number;
}

/** `em-stellar evaluate`: scores masks or probability maps that were made elsewhere. */
export async function evaluate(given: EvaluateCommand, args: readonly string[], terminal: Terminal): Promise<void> {
  const { truthLabels = null, truthWhite = null, labels = null, white = null, ...options } = given;
  const name = basename(resolve(given.predictions)).replace(/\.tiff?$/i, "");
  await run(
    {
      ...evaluateDefaults,
      name,
      out: join("runs", `evaluation-${name}`),
      workers: availableParallelism(),
      ...options,
      truthValues: { labels: truthLabels, white: truthWhite },
      values: { labels, white },
      command: commandLine(args),
    },
    terminal,
  );
}
