import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Polarity } from "@em-stellar/data";
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
  readonly labels?: readonly number[] | "nonzero";
  readonly white?: number;
  readonly polarity?: Polarity;
  readonly truthLabels?: readonly number[] | "nonzero";
  readonly truthWhite?: number;
  readonly truthPolarity?: Polarity;
  readonly truthIgnore?: number;
  readonly workers?: number;
}

/** `em-stellar evaluate`: scores masks or probability maps that were made elsewhere. */
export async function evaluate(given: EvaluateCommand, args: readonly string[], terminal: Terminal): Promise<void> {
  const { labels = null, white = null, polarity = "auto", ...others } = given;
  const { truthLabels = null, truthWhite = null, truthPolarity = "auto", truthIgnore = null, ...options } = others;
  const name = basename(resolve(given.predictions)).replace(/\.tiff?$/i, "");
  await run(
    {
      ...evaluateDefaults,
      name,
      out: join("runs", `evaluation-${name}`),
      workers: availableParallelism(),
      ...options,
      truthValues: { labels: truthLabels, white: truthWhite, polarity: truthPolarity, ignore: truthIgnore },
      values: { labels, white, polarity, ignore: null },
      command: commandLine(args),
    },
    terminal,
  );
}
