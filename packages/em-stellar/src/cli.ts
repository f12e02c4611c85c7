import { join } from "node:path";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { version } from "./environment.js";
import { backendFlags } from "./terminal/backend-flags.js";
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
  const out = new Option("-o, --out <folder>", "run folder; if it holds an unfinished benchmark, that is continued");
  const log = new Option("--log <file>", "append each event to this file, as a line of JSON");
  const fresh = new Option("--fresh", "start over: remove earlier results from the run folder");

  const workers = new Option(
    "-w, --workers <number>",
    "trainings at the same time (default: one for each processor core, or one for each GPU)",
  );
  workers.argParser(atLeastOne);
  const { backend, backendOption, allowSoftware, precision } = backendFlags();
  const executor = new Option(
    "--executor <id>",
    "where jobs run: auto, processes, in-process, slurm, hyperqueue, or one from a plugin",
  );
  const cache = new Option("--cache <MiB>", "memory for decoded images (default: a quarter of the machine's memory)");
  cache.argParser(atLeastOne);

  const planes = new Option(
    "--planes <what>",
    "of TIFFs whose 3 or 4 planes tifffile marked as colours: they are slices, or colours",
  ).choices(["slices", "colours"]);

  program
    .command("demo")
    .description("train three small networks on invented images (a few minutes)")
    .addOption(out)
    .addOption(log)
    .addOption(fresh)
    .addOption(workers)
    .addOption(backend)
    .addOption(backendOption)
    .addOption(allowSoftware)
    .addOption(precision)
    .addOption(executor)
    .addOption(cache)
    .action(async (options) => (await import("./commands/demo.js")).demo(options, terminal));
  program
    .command("init")
    .description("look at a folder of images and masks, and write a suite that fits them and this machine")
    .argument("<folder>", "folder of images and masks, in any layout")
    .addOption(new Option("-o, --out <file>", "the suite to write (default: suite.json in the folder)"))
    .option("--name <name>", "name of the suite (default: that of the folder)")
    .option("--minutes <number>", "how long the benchmark may take (default: 30)", positive)
    .option("--images <pattern>", "images: a folder, a pattern or a stack, relative to <folder>")
    .option("--masks <pattern>", "their masks")
    .option("--test-images <pattern>", "images to keep for the test")
    .option("--test-masks <pattern>", "their masks")
    .option("--group-by <expression>", "regular expression for the part of a name that is its group: ^[^_]+")
    .option(
      "--pair-by <expression>",
      "regular expression for the part of a name that an image and its mask share: [0-9]+",
    )
    .option("--labels <values>", "values of masks that mean object: nonzero, 1 or 1,3", labels)
    .addOption(
      new Option("--mask-rule <rule>", "binary: masks are greys from 0 (background) to white (object)").choices([
        "auto",
        "binary",
        "index",
      ]),
    )
    .addOption(polarity("--polarity <how>", "masks"))
    .option("--ignore-value <value>", "value of masks for pixels to leave out: 255", number)
    .addOption(planes)
    .option("--force", "replace an existing suite")
    .addOption(backend)
    .addOption(backendOption)
    .action(async (folder, options) => (await import("./commands/init.js")).init(folder, options, terminal));
  program
    .command("run")
    .description("run a benchmark, or continue one that was stopped")
    .argument("<suite>", "a suite: .json, or .js or .ts that exports one by default")
    .option("--dry-run", "train nothing: print the jobs, what is finished, and how long the rest would take")
    .addOption(out)
    .addOption(log)
    .addOption(fresh)
    .addOption(workers)
    .addOption(backend)
    .addOption(backendOption)
    .addOption(allowSoftware)
    .addOption(precision)
    .addOption(executor)
    .addOption(cache)
    .action(async (suite, options) => (await import("./commands/run.js")).run(suite, options, terminal));
  program
    .command("plan")
    .description("check the data of a suite and list its jobs, to run them one by one")
    .argument("<suite>", "a suite: .json, or .js or .ts that exports one by default")
    .addOption(out)
    .addOption(fresh)
    .addOption(backend)
    .addOption(backendOption)
    .addOption(allowSoftware)
    .addOption(precision)
    .addOption(cache)
    .action(async (suite, options) => (await import("./commands/plan.js")).plan(suite, options, terminal));
  let status = 0;
  program
    .command("job")
    .description(
      "do one job of a planned benchmark, for clusters and workflow engines (exit status 0: done, 75: try again, 65: cannot succeed)",
    )
    .argument("<run>", "the run folder")
    .argument("<job>", "the job: its folder under jobs/, such as unet/fold-0/seed-1")
    .action(async (run, name) => {
      status = await (await import("./commands/job.js")).job(run, name, terminal);
    });
  program
    .command("status")
    .description("show which jobs of a planned benchmark are done, failed, begun and waiting")
    .argument("<run>", "the run folder")
    .option("--json", "as JSON")
    .action(async (run, options) => (await import("./commands/status.js")).status(run, options, terminal));
  program
    .command("collect")
    .description("write results, ensembles and report of a planned benchmark from the finished jobs")
    .argument("<run>", "the run folder")
    .action(async (run) => (await import("./commands/collect.js")).collect(run, terminal));
  program
    .command("workflow")
    .description(
      "write a workflow that does the jobs of a planned benchmark, for an engine that queues and retries them",
    )
    .addArgument(new Argument("<engine>", "the engine").choices(["snakemake", "nextflow", "slurm", "kubernetes"]))
    .argument("<run>", "the run folder")
    .addOption(new Option("-o, --out <file>", "the file to write (default: in the run folder, under workflows)"))
    .action(async (engine, run, options) =>
      (await import("./commands/workflow.js")).workflow(engine, run, options, terminal),
    );
  program
    .command("doctor")
    .description("show which devices this machine can train on, and what the others need")
    .option("--plugin <names...>", "plugins (packages or ./files) whose backends to check too")
    .option("--json", "as JSON")
    .action(async (options) => (await import("./commands/doctor.js")).doctor(options, terminal));
  program
    .command("evaluate")
    .description("score masks or probability maps from other programs, and compare the methods")
    .requiredOption("--truth <path>", "folder of true masks, or a TIFF stack")
    .requiredOption("--predictions <path>", "folder with one sub-folder or one TIFF stack for each method")
    .addOption(new Option("-o, --out <folder>", "folder for results and report"))
    .option("--images <path>", "microscope images to show under the masks")
    .addOption(
      new Option(
        "--positive <class>",
        "positive class of F1 and similar scores; background: as in the paper's tables",
      ).choices(["object", "background", "both"]),
    )
    .option("--threshold <number>", "a pixel is object above this value (default: 0.5)", share)
    .option("--metrics <ids>", "ids of metrics, separated by commas (default: all)", listOf)
    .addOption(planes)
    .option("--rank-by <id>", "the metric that ranks the methods (default: jaccard)")
    .addOption(
      new Option("--pair <how>", "pair predictions with the truth by name or by order").choices(["name", "order"]),
    )
    .option(
      "--labels <values>",
      "values of predictions that mean object: 1 or 1,3 or 1-40; nonzero: every value except 0",
      labels,
    )
    .option("--white <value>", "prediction value that means certainly object: 255, 4095", positive)
    .addOption(polarity("--polarity <how>", "predictions"))
    .option("--truth-labels <values>", "truth values that mean object", labels)
    .option("--truth-white <value>", "truth value that means certainly object", positive)
    .addOption(polarity("--truth-polarity <how>", "the truth"))
    .option("--truth-ignore <value>", "truth value of pixels to leave out of all scores: 255", number)
    .option("--plugin <names...>", "plugins (packages or ./files) with more metrics or image formats")
    .addOption(
      new Option("-w, --workers <number>", "methods at the same time (default: one for each processor core)").argParser(
        atLeastOne,
      ),
    )
    .action(async (options) => (await import("./commands/evaluate.js")).evaluate(options, args, terminal));
  program
    .command("features")
    .description("show how much the feature channels of trained networks repeat each other")
    .argument("<models...>", "folders of trained models: checkpoints, jobs or runs")
    .requiredOption("--images <paths...>", "images to look at: folders, files or TIFF stacks")
    .addOption(new Option("-o, --out <folder>", "folder for numbers, pictures and the page (default: runs/features)"))
    .option("--count <number>", "use at most this many images, evenly spaced (default: 8)", atLeastOne)
    .option("--side <pixels>", "crop the centre of each image to at most this many pixels (default: 512)", atLeastOne)
    .addOption(planes)
    .option("--threshold <number>", "channels with an |r| above this value are twins (default: 0.9)", share)
    .option(
      "--plugin <names...>",
      "plugins (packages or ./files) whose layers the models have (those of a run's suite are found)",
    )
    .addOption(backend)
    .addOption(backendOption)
    .addOption(allowSoftware)
    .action(async (models, options) =>
      (await import("./commands/features.js")).features(models, options, args, terminal),
    );
  program
    .command("predict")
    .description("segment images of any size with a trained model")
    .argument(
      "<model>",
      "folder of a checkpoint, a job or a finished run (of a run: its best network by validation score)",
    )
    .argument("<images...>", "PNG or TIFF files, stacks, or folders of them")
    .requiredOption("-o, --out <folder>", "folder for the results; unfinished predictions there are continued")
    .addOption(
      new Option("--output <what>", "what to write (default: probability); labels: objects numbered").choices([
        "probability",
        "mask",
        "both",
        "labels",
      ]),
    )
    .option("--overlay", "also draw each image with the outlines of its objects, as PNG")
    .option(
      "--objects",
      "also write tables (CSV): area, position and probability of each object, and counts for each image",
    )
    .option("--pixel-size <length>", "side of a pixel, for areas and scale bars: 5nm, 0.005um (default: the file's)")
    .option("--min-area <pixels>", "leave smaller objects out of tables, overlays and labels", atLeastOne)
    .addOption(new Option("--format <format>", "file format (default: png)").choices(["png", "tiff"]))
    .option(
      "--bits <number>",
      "bits of probability maps; 32 means floats, and needs --format tiff (default: 16)",
      sixteenOr32,
    )
    .option("--threshold <number>", "a pixel of a mask is object above it (default: the model's)", share)
    .addOption(
      new Option("--normalization <method>", "for a model that does not say how its images were normalised").choices([
        "z-score",
        "min-max",
      ]),
    )
    .option("--test-time-augmentation", "average over the image turned and mirrored in 8 ways: slower, often better")
    .option("--no-test-time-augmentation", "do not, even if the model was tested so")
    .addOption(planes)
    .option("--memory <MiB>", "cut images that need more into tiles (default: 1024)", mebibytes)
    .option("--tile <pixels>", "longest side of a tile (default: as memory allows)", atLeastOne)
    .option(
      "--overlap <pixels>",
      "pixels that neighbouring tiles share on each side (default: as far as the model sees)",
      wholeNumber,
    )
    .option(
      "--plugin <names...>",
      "plugins (packages or ./files) whose layers the model has (those of its run's suite are found)",
    )
    .option("--fresh", "replace what earlier predictions left in the folder")
    .addOption(backend)
    .addOption(backendOption)
    .addOption(allowSoftware)
    .action(async (model, images, options) =>
      (await import("./commands/predict.js")).predict(model, images, options, terminal),
    );
  program
    .command("export")
    .description("copy a trained model, or an ensemble, into a folder of its own, for em-stellar predict")
    .argument("<run>", "folder of a finished run")
    .requiredOption("-o, --out <folder>", "a new folder")
    .option("--method <name>", "a network or an ensemble (default: the network that is best on validation images)")
    .action(async (run, options) => (await import("./commands/export.js")).exportRun(run, options, terminal));
  program
    .command("list")
    .description("list networks, losses, metrics and all other components")
    .argument("[kind]", "network, loss, optimizer, metric, ensemble, baseline, data, format, backend or executor")
    .option("--plugin <names...>", "plugins (packages or ./files) to include")
    .option("--json", "as JSON")
    .action(async (kind, options) => (await import("./commands/list.js")).list(kind, options, terminal));
  program
    .command("complexity")
    .description("count parameters, operations and memory of networks, without running them")
    .argument("[networks...]", "ids of networks (default: all)")
    .addOption(
      new Option("--size <pixels>", "side of the image (default: 512, or the suite's patch)").argParser(atLeastOne),
    )
    .addOption(new Option("--channels <number>", "channels of the image").argParser(atLeastOne).default(1))
    .option("--suite <file>", "count the networks of this suite, with its options and plugins")
    .option("--layers", "show every layer")
    .option("--json", "as JSON")
    .action(async (ids, options) => (await import("./commands/complexity.js")).complexity(ids, options, terminal));
  program
    .command("report")
    .description("make the report of a finished benchmark or evaluation again")
    .argument("<run>", "the folder of a benchmark or an evaluation")
    .addOption(new Option("--palette <name>", "colours of the overlays").choices(["accessible", "paper"]))
    .option("--plugin <names...>", "plugins (packages or ./files) to use beside those of the benchmark's suite")
    .action(async (run, options) => (await import("./commands/report.js")).report(run, options, terminal));
  program
    .command("compare")
    .description("compare methods over several data sets: mean ranks, and which methods cannot be told apart")
    .argument("<runs...>", "folders of finished benchmarks or evaluations, each on different images")
    .option("--metric <id>", "the metric to compare by (default: the one that all of them rank by)")
    .addOption(new Option("-o, --out <file>", "the page to write").default(join("runs", "comparison.html")))
    .action(async (runs, options) => (await import("./commands/compare.js")).compare(runs, options, terminal));
  program
    .command("data")
    .description("download a public data set and verify each file")
    .addArgument(new Argument("<name>", "the data set").choices(["cardiac", "lateral-habenula"]))
    .argument("<folder>", "where to put it")
    .addOption(new Option("--from <url>", "a mirror of raw.githubusercontent.com").env("EM_STELLAR_MIRROR"))
    .action(async (name, folder, options) =>
      (await import("./commands/data.js")).data(name, folder, options, terminal),
    );
  program
    .command("studio")
    .description("serve a page on this computer, to train, compare and segment in the browser")
    .addOption(
      new Option(
        "-p, --port <number>",
        "port of the page on this computer; the browser keeps the projects of each port apart",
      )
        .default(7317)
        .argParser(portNumber),
    )
    .option("--no-open", "print the address, but do not open a browser")
    .action(async (options) => (await import("./commands/studio.js")).studio(options, terminal));
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

function atLeastOne(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return number;
}

function portNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number < 65536 && text.trim() !== "") return number;
  throw new InvalidArgumentError("It must be a whole number from 1 to 65535, or 0 for any that is free.");
}

/** In bytes. */
function mebibytes(text: string): number {
  return atLeastOne(text) * 2 ** 20;
}

function sixteenOr32(text: string): number {
  if (text === "16" || text === "32") return Number(text);
  throw new InvalidArgumentError("It must be 16 or 32.");
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number) || number < 0) {
    throw new InvalidArgumentError("It must be a whole number of at least 0.");
  }
  return number;
}

function share(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number < 1)) {
    throw new InvalidArgumentError("It must be a probability: 0 or more, and below 1.");
  }
  return number;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError("It must be a number above 0.");
  return number;
}

function listOf(text: string): string[] {
  const ids = text.split(",").map((id) => id.trim());
  if (ids.includes("")) throw new InvalidArgumentError("It must be ids, separated by commas: f1,jaccard.");
  return ids;
}

/** `1,3,5-9` or `nonzero` */
function labels(text: string): number[] | "nonzero" {
  if (text.trim() === "nonzero") return "nonzero";
  return text.split(",").flatMap((part) => {
    const [, from, to] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to ?? from)];
    if (from === undefined || last < first || last >= 2 ** 32 || last - first > 2 ** 20) {
      throw new InvalidArgumentError(
        "It must be whole numbers: 1 or 1,3 or 1-40; or nonzero for every value except 0.",
      );
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number: 255.");
  return value;
}

function polarity(flags: string, what: string): Option {
  return new Option(
    flags,
    `for files of ${what} that store 0 for white: object is what is not 0 (as-stored) or what is white (as-shown)`,
  ).choices(["as-stored", "as-shown"]);
}

async function explain(error: unknown, debug: boolean): Promise<string> {
  if (!(error instanceof Error)) return `error: ${error}`;
  if (debug) return error.stack ?? error.message;
  const { EmStellarError } = await import("@em-stellar/core"); // what needs no core starts without it
  if (error instanceof EmStellarError) return `error: ${error.message}`;
  return `error: ${error.message}\nEM-stellar did not expect this. Run the same command with --debug to see where it happened.`;
}
