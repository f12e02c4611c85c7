import { type Command, Option } from "commander";
import type { Terminal } from "../terminal/terminal.js";
import {
  allowSoftware,
  backend,
  backendOption,
  cache,
  executor,
  fresh,
  log,
  out,
  planes,
  polarity,
  precision,
  steps,
  workers,
} from "./shared-options.js";
import { labels, number, positive } from "./values.js";

/** Commands that run a benchmark in one go. */
export function addBenchmarks(program: Command, terminal: Terminal): void {
  program
    .command("demo")
    .description("train three small networks on synthetic images (takes a few minutes)")
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
    .action(async (options) => (await import("../commands/demo.js")).demo(options, terminal));
  program
    .command("init")
    .description("read a folder of images and masks, and write a suite that suits them and this machine")
    .argument("<folder>", "folder of images and masks, in any layout")
    .addOption(new Option("-o, --out <file>", "the suite to write (default: suite.json in the folder)"))
    .option("--name <name>", "name of the suite (default: that of the folder)")
    .option("--minutes <number>", "time for the benchmark, in minutes (default: 30)", positive)
    .option("--images <pattern>", "images: a folder, a pattern or a stack, relative to <folder>")
    .option("--masks <pattern>", "their masks")
    .option("--test-images <pattern>", "images to keep for the test")
    .option("--test-masks <pattern>", "their masks")
    .option("--group-by <expression>", "regular expression for the part of a name that says its group: ^[^_]+")
    .option(
      "--pair-by <expression>",
      "regular expression for the part of a name that an image and its mask share: [0-9]+",
    )
    .option("--labels <values>", "mask values that mean object: nonzero, 1 or 1,3", labels)
    .addOption(
      new Option("--mask-rule <rule>", "binary: masks are greys from 0 (background) to white (object)").choices([
        "auto",
        "binary",
        "index",
      ]),
    )
    .addOption(polarity("--polarity <how>", "masks"))
    .option("--ignore-value <value>", "mask value of pixels to leave out: 255", number)
    .addOption(planes)
    .option("--force", "replace an existing suite")
    .addOption(backend)
    .addOption(backendOption)
    .action(async (folder, options) => (await import("../commands/init.js")).init(folder, options, terminal));
  program
    .command("run")
    .description("run a benchmark, or continue one that was stopped")
    .argument("<suite>", "a suite: .json, or .js or .ts that exports one by default")
    .option("--dry-run", "train nothing: print the jobs, what is finished, and how long the rest would take")
    .addOption(steps)
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
    .action(async (suite, options) => (await import("../commands/run.js")).run(suite, options, terminal));
}
