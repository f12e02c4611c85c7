import { Argument, type Command, Option } from "commander";
import type { Terminal } from "../terminal/terminal.js";
import { allowSoftware, backend, backendOption, cache, fresh, out, precision, steps } from "./shared-options.js";

/** Commands that run a benchmark job by job, for clusters and workflow engines. */
export function addJobs(program: Command, terminal: Terminal, end: (status: number) => void): void {
  program
    .command("plan")
    .description("check the data of a suite and list its jobs, to run them one by one")
    .argument("<suite>", "a suite: .json, or .js or .ts that exports one by default")
    .addOption(steps)
    .addOption(out)
    .addOption(fresh)
    .addOption(backend)
    .addOption(backendOption)
    .addOption(allowSoftware)
    .addOption(precision)
    .addOption(cache)
    .action(async (suite, options) => (await import("../commands/plan.js")).plan(suite, options, terminal));
  program
    .command("job")
    .description(
      "run one job of a planned benchmark, for clusters and workflow engines (exit status 0: done, 75: try again, 65: cannot succeed)",
    )
    .argument("<run>", "the run folder")
    .argument("<job>", "the job: its folder under jobs/, such as unet/fold-0/seed-1")
    .action(async (run, name) => {
      end(await (await import("../commands/job.js")).job(run, name, terminal));
    });
  program
    .command("status")
    .description("show which jobs of a planned benchmark are done, failed, started or waiting")
    .argument("<run>", "the run folder")
    .option("--json", "as JSON")
    .action(async (run, options) => (await import("../commands/status.js")).status(run, options, terminal));
  program
    .command("collect")
    .description("write results, ensembles and report of a planned benchmark from the finished jobs")
    .argument("<run>", "the run folder")
    .action(async (run) => (await import("../commands/collect.js")).collect(run, terminal));
  program
    .command("workflow")
    .description(
      "write a workflow that runs the jobs of a planned benchmark, for an engine that queues and retries them",
    )
    .addArgument(new Argument("<engine>", "the engine").choices(["snakemake", "nextflow", "slurm", "kubernetes"]))
    .argument("<run>", "the run folder")
    .addOption(new Option("-o, --out <file>", "the file to write (default: in the run folder, under workflows)"))
    .action(async (engine, run, options) =>
      (await import("../commands/workflow.js")).workflow(engine, run, options, terminal),
    );
}
