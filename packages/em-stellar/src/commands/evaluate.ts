import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { type Evaluation, memoryStore, writeText } from "@em-stellar/core";
import type { PlanesReading } from "@em-stellar/data";
import type { EvaluationOptions } from "@em-stellar/evaluation";
import { evaluateFiles } from "@em-stellar/evaluation/node";
import { picturedImages, renderEvaluation } from "@em-stellar/report";
import { citationIn } from "../citation.js";
import { environment } from "../environment.js";
import { metricTools } from "../metric-tools.js";
import { requireOwnFolder, writeFolder } from "../result-folder.js";
import { commandLine } from "../terminal/command-line.js";
import { evaluationBlock, evaluationLines } from "../terminal/evaluation-lines.js";
import { summary } from "../terminal/evaluation-summary.js";
import { duration } from "../terminal/format.js";
import { interruptible } from "../terminal/interruptible.js";
import type { Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export interface EvaluateCommand extends Partial<Omit<EvaluationOptions, "name">> {
  readonly truth: string;
  readonly predictions: string;
  readonly out?: string;
  readonly images?: string;
  readonly workers?: number;
  readonly planes?: PlanesReading;
  /** Packages and ./files of plugins. */
  readonly plugin?: readonly string[];
}

/** `em-stellar evaluate`: scores masks or probability maps that were made elsewhere. */
export async function evaluate(
  { plugin = [], ...given }: EvaluateCommand,
  args: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const started = Date.now();
  const name = basename(resolve(given.predictions)).replace(/\.tiff?$/i, "");
  const out = resolve(given.out ?? join("runs", `evaluation-${name}`));
  await requireOwnFolder(out);
  const tools = await metricTools(plugin);
  await interruptible(
    {
      stopped: "! Stopped. Nothing was written.",
      async work(signal, finishing) {
        const store = memoryStore();
        const context = {
          ...tools,
          entry: workerEntry(),
          setup: plugin,
          store,
          pictured: picturedImages,
          environment: { ...environment(), command: commandLine(args) },
          signal,
        };
        const options = { workers: availableParallelism(), ...given, name, except: [out] };
        for await (const event of evaluateFiles(options, context)) {
          signal.throwIfAborted();
          for (const line of evaluationLines(event, given.predictions)) terminal.print(line);
          const block = evaluationBlock(event, terminal.columns);
          if (block) terminal.draw(block);
          if (event.type !== "finished") continue;
          const page = await renderEvaluation(event.evaluation, { store, citation: citationIn(tools.registry) });
          await writeText(store, "report/index.html", page);
          finishing();
          await writeFolder(store, out);
          tellResults(event.evaluation, out, (Date.now() - started) / 1000, terminal);
        }
      },
    },
    terminal,
  );
}

function workerEntry(): URL {
  // Sources, which tests run, have the other extension.
  const entry = import.meta.url.endsWith(".ts") ? "../evaluation-worker.ts" : "../evaluation-worker.js";
  return new URL(entry, import.meta.url);
}

function tellResults(evaluation: Evaluation, out: string, seconds: number, terminal: Terminal): void {
  terminal.print();
  terminal.print(summary(evaluation, terminal.live ? terminal.columns : 120));
  terminal.print();
  for (const { message } of evaluation.warnings) terminal.print(`! ${message}`);
  if (evaluation.statistics && evaluation.methods.length > 1) terminal.print(evaluation.statistics.sentence);
  terminal.print(
    `Scores are pooled over all images; a pixel is object above ${evaluation.options.threshold}. Took ${duration(seconds)}.`,
  );
  terminal.print(`Report:  ${resolve(out, "report", "index.html")}`);
  terminal.print(`Results: ${resolve(out, "results.json")}`);
}
