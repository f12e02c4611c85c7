import { type Command, Option } from "commander";
import type { Terminal } from "../terminal/terminal.js";
import { allowSoftware, backend, backendOption, planes } from "./shared-options.js";
import { atLeastOne, mebibytes, share, sixteenOr32, wholeNumber } from "./values.js";

/** Commands that use trained models. */
export function addModels(program: Command, terminal: Terminal, args: readonly string[]): void {
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
      new Option("--output <what>", "what to write (default: probability); labels: numbered objects").choices([
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
    .option("--test-time-augmentation", "average over 8 rotations and reflections of the image: slower, often better")
    .option("--no-test-time-augmentation", "turn this off, even if the model was tested with it")
    .addOption(planes)
    .option("--memory <MiB>", "cut images that need more in one worker into tiles (default: 1024)", mebibytes)
    .option(
      "-w, --workers <number>",
      "tiles or images at the same time, each with its own memory (default: one for each processor core)",
      atLeastOne,
    )
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
    .option("--fresh", "replace earlier predictions in the folder")
    .addOption(backend)
    .addOption(backendOption)
    .addOption(allowSoftware)
    .action(async (model, images, options) =>
      (await import("../commands/predict.js")).predict(model, images, options, terminal),
    );
  program
    .command("export")
    .description("copy a trained model or an ensemble into a new folder, for em-stellar predict")
    .argument("<run>", "folder of a finished run")
    .requiredOption("-o, --out <folder>", "a new folder")
    .option("--method <name>", "a network or an ensemble (default: the network that is best on validation images)")
    .action(async (run, options) => (await import("../commands/export.js")).exportRun(run, options, terminal));
  program
    .command("features")
    .description("show how much the feature channels of trained networks repeat each other")
    .argument("<models...>", "folders of trained models: checkpoints, jobs or runs")
    .requiredOption("--images <paths...>", "images to use: folders, files or TIFF stacks")
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
      (await import("../commands/features.js")).features(models, options, args, terminal),
    );
}
