import { Command } from "commander";
import { version } from "./environment.js";
import { addBenchmarks } from "./program/benchmarks.js";
import { addJobs } from "./program/jobs.js";
import { addModels } from "./program/models.js";
import { addScores } from "./program/scores.js";
import { addSurroundings } from "./program/surroundings.js";
import { ExitStatus } from "./terminal/exit-status.js";
import { withFlags } from "./terminal/option-flags.js";
import { type Output, openTerminal } from "./terminal/terminal.js";
import { unknownOption } from "./terminal/unknown-option.js";
import { visible } from "./terminal/visible.js";

/** What the command touches of its process. */
export interface Process {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs `em-stellar` with the arguments after the command's name; the exit status. */
export async function main(args: readonly string[], process: Process): Promise<number> {
  const terminal = openTerminal(process.stdout, process.env);
  const program = new Command("em-stellar")
    .description("Benchmarks deep-learning segmentation of electron-microscopy images.")
    .version(version())
    .option("--debug", "show the stack trace of an error")
    .configureOutput({
      writeOut: (text) => void process.stdout.write(text),
      writeErr: (text) => void process.stderr.write(text),
    })
    .exitOverride();
  let status = 0;
  addBenchmarks(program, terminal);
  addJobs(program, terminal, (given) => {
    status = given;
  });
  addModels(program, terminal, args);
  addScores(program, terminal, args);
  addSurroundings(program, terminal);
  program.addHelpText(
    "after",
    "\nA run folder keeps everything that was trained. To continue a benchmark, run the same command again.",
  );

  const unknown = await unknownOption(program, args);
  if (unknown !== undefined) {
    process.stderr.write(`${visible(unknown)}\n`);
    return 1;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    terminal.close();
    // Commander has printed its own message, with what it takes and suggestions.
    if (error instanceof Error && "exitCode" in error && typeof error.exitCode === "number") return error.exitCode;
    if (error instanceof ExitStatus) return error.status;
    const options = program.commands.find((command) => command.name() === args[0])?.options ?? [];
    const text = await explain(error, program.opts().debug === true || args.includes("--debug"));
    process.stderr.write(`${visible(withFlags(text, options))}\n`);
    return 1;
  }
}

async function explain(error: unknown, debug: boolean): Promise<string> {
  if (!(error instanceof Error)) return `error: ${error}`;
  if (debug) return error.stack ?? error.message;
  const { EmStellarError } = await import("@em-stellar/core"); // what needs no core starts without it
  if (error instanceof EmStellarError) return `error: ${error.message}`;
  return `error: ${error.message}\nEM-stellar did not expect this. Run the same command with --debug to see where it happened.`;
}
