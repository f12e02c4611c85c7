import { Argument, type Command, Option } from "commander";
import type { Terminal } from "../terminal/terminal.js";
import { atLeastOne, portNumber } from "./values.js";

/** Commands about what there is: components, devices, public data, and the page. */
export function addSurroundings(program: Command, terminal: Terminal): void {
  program
    .command("list")
    .description("list networks, losses, metrics and all other components")
    .argument("[kind]", "network, loss, optimizer, metric, ensemble, baseline, data, format, backend or executor")
    .option("--plugin <names...>", "plugins (packages or ./files) to include")
    .option("--json", "as JSON")
    .action(async (kind, options) => (await import("../commands/list.js")).list(kind, options, terminal));
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
    .action(async (ids, options) => (await import("../commands/complexity.js")).complexity(ids, options, terminal));
  program
    .command("doctor")
    .description("show the devices that this machine can train on, and what you need for others")
    .option("--plugin <names...>", "plugins (packages or ./files) with more backends to check")
    .option("--json", "as JSON")
    .action(async (options) => (await import("../commands/doctor.js")).doctor(options, terminal));
  program
    .command("data")
    .description("download a public data set and verify each file")
    .addArgument(new Argument("<name>", "the data set").choices(["cardiac", "lateral-habenula"]))
    .argument("<folder>", "folder for the files")
    .addOption(new Option("--from <url>", "a mirror of raw.githubusercontent.com").env("EM_STELLAR_MIRROR"))
    .action(async (name, folder, options) =>
      (await import("../commands/data.js")).data(name, folder, options, terminal),
    );
  program
    .command("studio")
    .description("serve a page on this computer, to train, compare and segment in the browser")
    .addOption(
      new Option("-p, --port <number>", "port of the page; the browser keeps separate projects for each port")
        .default(7317)
        .argParser(portNumber),
    )
    .option("--no-open", "print the address, but do not open a browser")
    .action(async (options) => (await import("../commands/studio.js")).studio(options, terminal));
}
