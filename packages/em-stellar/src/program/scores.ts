import { join } from "node:path";
import { type Command, Option } from "commander";
import type { Terminal } from "../terminal/terminal.js";
import { planes, polarity } from "./shared-options.js";
import { atLeastOne, labels, listOf, number, positive, share } from "./values.js";

/** Commands that score, show and compare. */
export function addScores(program: Command, terminal: Terminal, args: readonly string[]): void {
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
    .action(async (options) => (await import("../commands/evaluate.js")).evaluate(options, args, terminal));
  program
    .command("report")
    .description("write the report of a finished benchmark or evaluation again")
    .argument("<run>", "the folder of a benchmark or an evaluation")
    .addOption(new Option("--palette <name>", "colours of the overlays").choices(["accessible", "paper"]))
    .option("--plugin <names...>", "plugins (packages or ./files) to use in addition to those of the suite")
    .action(async (run, options) => (await import("../commands/report.js")).report(run, options, terminal));
  program
    .command("compare")
    .description("compare methods over several data sets: mean ranks, and which methods differ")
    .argument("<runs...>", "folders of finished benchmarks or evaluations, each on different images")
    .option("--metric <id>", "the metric to compare by (default: the one that all of them rank by)")
    .addOption(new Option("-o, --out <file>", "the page to write").default(join("runs", "comparison.html")))
    .action(async (runs, options) => (await import("../commands/compare.js")).compare(runs, options, terminal));
}
