import { EmStellarError } from "@em-stellar/core";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { version } from "./environment.js";
import { type Output, openTerminal } from "./progress/terminal.js";

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
    .option("--debug", "show where in the program an error arose")
    .configureOutput({
      writeOut: (text) => void process.stdout.write(text),
      writeErr: (text) => void process.stderr.write(text),
    })
    .exitOverride();
  const out = new Option("-o, --out <folder>", "run folder; an unfinished run there is continued");
  const log = new Option("--log <file>", "append every event as a line of JSON");
  const fresh = new Option("--fresh", "start over: remove what an earlier run left in the folder");

  const workers = new Option("-w, --workers <number>", "trainings at a time (default: as many as processor cores)");
  workers.argParser(atLeastOne);

  program
    .command("demo")
    .description("train three small networks on invented images (a few minutes)")
    .addOption(out)
    .addOption(log)
    .addOption(fresh)
    .addOption(workers)
    .action(async (options) => (await import("./commands/demo.js")).demo(options, terminal));
  program
    .command("run")
    .description("run a benchmark, or continue it where it was stopped")
    .argument("<suite>", "a suite: .json, or .js or .ts that exports one by default")
    .addOption(out)
    .addOption(log)
    .addOption(fresh)
    .addOption(workers)
    .action(async (suite, options) => (await import("./commands/run.js")).run(suite, options, terminal));
  program
    .command("list")
    .description("list networks, losses, metrics and all other components")
    .argument("[kind]", "network, loss, optimizer, metric, ensemble, baseline, data or backend")
    .option("--json", "as JSON")
    .action(async (kind, options) => (await import("./commands/list.js")).list(kind, options, terminal));
  program
    .command("report")
    .description("make the report of a finished run again")
    .argument("<run>", "a run folder")
    .addOption(new Option("--palette <name>", "colours of the overlays").choices(["accessible", "paper"]))
    .action(async (run, options) => (await import("./commands/report.js")).report(run, options, terminal));
  program
    .command("data")
    .description("download a public data set, verified file by file")
    .addArgument(new Argument("<name>", "the data set").choices(["cardiac", "lateral-habenula"]))
    .argument("<folder>", "where to put it")
    .addOption(new Option("--from <url>", "a mirror of raw.githubusercontent.com").env("EM_STELLAR_MIRROR"))
    .action(async (name, folder, options) =>
      (await import("./commands/data.js")).data(name, folder, options, terminal),
    );
  program.addHelpText(
    "after",
    "\nUntil it is removed, a run folder keeps all that was trained: the same command goes on from there.",
  );

  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    terminal.close();
    // Commander has printed its own message, with what it takes and suggestions.
    if (error instanceof Error && "exitCode" in error && typeof error.exitCode === "number") return error.exitCode;
    process.stderr.write(`${explain(error, program.opts().debug === true || args.includes("--debug"))}\n`);
    return 1;
  }
}

function atLeastOne(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return number;
}

function explain(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return `error: ${error}`;
  if (debug) return error.stack ?? error.message;
  if (error instanceof EmStellarError) return `error: ${error.message}`;
  return `error: ${error.message}\nEM-stellar did not expect this. Run the same command with --debug to see where it arose.`;
}
