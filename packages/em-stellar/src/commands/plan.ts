import { join, relative } from "node:path";
import { quoted, shown } from "@em-stellar/data/node";
import { planSuite } from "@em-stellar/runner";
import { noticeOfCode } from "../code-notice.js";
import { deviceElsewhere } from "../device-elsewhere.js";
import { cacheOf, environment, processorTime } from "../environment.js";
import { openInitialFrom } from "../open-initial.js";
import { openingOf } from "../open-run-folder.js";
import { backendOf } from "../start-device.js";
import { loadSuite } from "../suite-file.js";
import { flagsOf } from "../terminal/device-flags.js";
import { count } from "../terminal/format.js";
import { interruptible } from "../terminal/interruptible.js";
import type { Terminal } from "../terminal/terminal.js";
import { type BenchmarkOptions, inRunFolder, longerSuite, stepsFlag } from "./benchmark.js";

/**
 * `em-stellar plan SUITE`: looks through the data once and writes all that `em-stellar job` needs. No device is started: this
 * machine need not have the one that trains.
 */
export async function plan(
  suiteFile: string,
  options: Partial<Omit<BenchmarkOptions, "log" | "workers" | "executor">>,
  terminal: Terminal,
): Promise<void> {
  const loaded = await loadSuite(suiteFile, (code) => noticeOfCode(code, terminal));
  const { suite, registry, folder, file } = longerSuite(loaded, options);
  const asked = backendOf({ backend: suite.backend, ...options }, registry);
  const out = options.out ?? join("runs", suite.name);
  const work = (signal: AbortSignal) =>
    inRunFolder({ ...options, out }, async (store) => {
      const backend = typeof options.backend === "string" ? options.backend : null;
      const device = { backend: { id: asked.id, options: asked.options } };
      const command = `npx em-stellar plan ${quoted(relative(process.cwd(), file ?? suiteFile))}${stepsFlag(options)}${flagsOf(options)}`;
      const cacheBytes = options.cache === undefined ? null : cacheOf(1, options.cache);
      const { run, damages } = await planSuite(backend === null ? suite : { ...suite, backend }, {
        registry,
        device: deviceElsewhere(asked),
        store,
        folder,
        openInitial: openInitialFrom(folder),
        cacheBytes: cacheBytes ?? cacheOf(1),
        processorTime,
        environment: { ...environment(), command },
        opening: openingOf({
          ...{ suite: file, folder, backend, device, command, cacheBytes },
          steps: options.steps ?? null,
        }),
        longer: options.steps !== undefined,
        signal,
      });
      for (const { message } of [...run.plan.warnings, ...damages]) terminal.print(`! ${message}`);
      return run.jobs.length;
    });
  const stopped = "! Stopped. Nothing was planned. Run the same command again.";
  const jobs = await interruptible({ stopped, work }, terminal);
  const run = shown(out);
  terminal.print(`${suite.name}: ${count(jobs, "job")} planned, on ${asked.id}, in ${run}`);
  terminal.print("\nNext, on any machine that has the folder:");
  terminal.print(`  npx em-stellar job ${quoted(run)} JOB      # one of those in ${join(run, "jobs.txt")}`);
  terminal.print(
    `  npx em-stellar workflow slurm ${quoted(run)}      # or snakemake, nextflow, kubernetes: starts the jobs`,
  );
  terminal.print(`  npx em-stellar status ${quoted(run)}`);
  terminal.print(`  npx em-stellar collect ${quoted(run)}`);
}
