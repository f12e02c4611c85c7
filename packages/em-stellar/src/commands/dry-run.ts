import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { memoryStore } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { shown } from "@em-stellar/data/node";
import {
  measureSpeed,
  type OpenRun,
  planRun,
  requireSameJob,
  rescoreChanged,
  resultOf,
  type Speed,
  secondsOf,
  type TrainingOptions,
} from "@em-stellar/runner";
import { folderReader } from "@em-stellar/runner/node";
import { deviceElsewhere } from "../device-elsewhere.js";
import { cacheOf } from "../environment.js";
import { openInitialFrom } from "../open-initial.js";
import { backendOf } from "../start-device.js";
import type { LoadedSuite } from "../suite-file.js";
import { count, duration, size } from "../terminal/format.js";
import { interruptible } from "../terminal/interruptible.js";
import type { Terminal } from "../terminal/terminal.js";
import { textTable } from "../terminal/text-table.js";
import { type BenchmarkOptions, executorOf } from "./benchmark.js";

type NetworkMethod = Extract<OpenRun["methods"][number], { kind: "network" }>;

/**
 * `em-stellar run SUITE --dry-run`: looks through the data and says which jobs there are, what of them is done in the run
 * folder, and how long the others take, from a trial of a few steps. Writes nothing.
 */
export async function dryRun(loaded: LoadedSuite, options: BenchmarkOptions, terminal: Terminal): Promise<void> {
  const executor = executorOf(options, loaded);
  const backend = backendOf({ backend: loaded.suite.backend, ...options }, loaded.registry);
  const work = async (signal: AbortSignal) => {
    const device = executor.elsewhere ? deviceElsewhere(backend) : await backend.start();
    try {
      const run = await lookInto(loaded, device, options, terminal);
      signal.throwIfAborted();
      const left = await unfinished(run, options);
      printJobs(run, left, terminal);
      if (left.length === 0 || executor.elsewhere) return;
      const workers =
        executor.id === "in-process" ? 1 : (options.workers ?? device.workers?.length ?? availableParallelism());
      await estimate(loaded, run, left, device, workers, terminal);
    } finally {
      await device.dispose();
    }
  };
  await interruptible({ stopped: "! Stopped. Nothing was written.", work }, terminal);
}

/** Plans the run without writing, and says what was read. */
async function lookInto(
  { suite, registry, folder }: LoadedSuite,
  device: Device,
  { out, cache }: BenchmarkOptions,
  terminal: Terminal,
): Promise<OpenRun> {
  const store = { ...memoryStore(), ...folderReader(resolve(out)) }; // reads the run folder, and writes nowhere
  const run = await planRun(suite, {
    ...{ registry, device, folder, store, cacheBytes: cacheOf(1, cache) },
    openInitial: openInitialFrom(folder),
  });
  const { train, test, foreground } = run.plan.data;
  const groups = new Set(train.flatMap(({ group }) => (group === undefined ? [] : [group]))).size;
  terminal.print(
    `${suite.name}: ${count(train.length, "training image")}${groups > 0 ? ` in ${count(groups, "group")}` : ""}, ${(100 * foreground).toFixed(1)} % object, and ${count(test.length, "test image")}; ${count(run.folds.length, "fold")}`,
  );
  for (const { message } of run.plan.warnings) terminal.print(`! ${message}`);
  return run;
}

/** The jobs that are still to be done. Throws `InputError` where the folder holds those of another suite. */
async function unfinished(run: OpenRun, { fresh = false }: BenchmarkOptions): Promise<OpenRun["jobs"]> {
  if (fresh) return run.jobs;
  const left = [];
  for (const job of run.jobs) {
    const changed = await rescoreChanged(run, job); // this run's store keeps nothing
    if (changed === "forgotten") left.push(job);
    if (changed) continue;
    await requireSameJob(run, job);
    if ((await resultOf(run, job))?.state !== "done") left.push(job);
  }
  return left;
}

function printJobs(run: OpenRun, left: OpenRun["jobs"], terminal: Terminal): void {
  const done = run.jobs.length - left.length;
  terminal.print(
    `${count(run.jobs.length, "job")}${done > 0 ? `, ${done} of them finished in ${shown(run.store.location)}` : ""}:\n`,
  );
  const rows = run.methods.map(({ name }) => {
    const [all, open] = [run.jobs, left].map((jobs) => jobs.filter(({ method }) => method === name).length);
    return [name, String(all), String((all ?? 0) - (open ?? 0))];
  });
  terminal.print(textTable(["method", "jobs", "finished"], rows, rows.length, [0]));
}

async function estimate(
  { suite, registry, folder }: LoadedSuite,
  run: OpenRun,
  left: OpenRun["jobs"],
  device: Device,
  workers: number,
  terminal: Terminal,
): Promise<void> {
  const networks = run.methods.filter((method) => method.kind === "network");
  // How many images are learnt from does not change the speed: each network is tried with one number of them.
  const [fewest] = suite.trainingImages ?? [];
  const tried = networks.filter(({ images }) => images === fewest);
  const open = networks.filter(({ name }) => left.some(({ method }) => method === name));
  if (open.length === 0) return;
  terminal.print(`\nTrying ${count(tried.length, "training")} on ${device.description} …`);
  const speeds = await measureSpeed(
    { ...suite, ...(fewest !== undefined && { trainingImages: [fewest] }) },
    { registry, device, folder },
    { onFailure: (method, message) => terminal.print(`! ${method} failed in the trial: ${message}`) },
  );
  const speedOf = (method: NetworkMethod) => {
    const twin = tried.find(
      ({ network, loss, optimizer, training }) =>
        network === method.network &&
        loss === method.loss &&
        optimizer === method.optimizer &&
        training === method.training,
    );
    return speeds.find((speed) => speed.method === twin?.name);
  };
  const times = new Map(
    open.flatMap((method) => {
      const speed = speedOf(method);
      return speed ? [[method.name, { speed, seconds: secondsOfTraining(speed, method.training) }] as const] : [];
    }),
  );
  const rows = [...times].map(([name, { speed, seconds }]) => [
    name,
    `${(1000 * speed.step).toFixed(0)} ms`,
    `${speed.validation.toFixed(2)} s`,
    duration(seconds),
  ]);
  terminal.print(textTable(["method", "step", "validation", "training"], rows, rows.length, [0]));
  const jobs = left.flatMap(({ method }) => times.get(method)?.seconds ?? []);
  const together = workers > 1 && jobs.length > 1 ? `, ${Math.min(workers, jobs.length)} at a time` : "";
  terminal.print(
    `\nAbout ${duration(secondsOf(jobs, workers))} for ${count(jobs.length, "training")}${together}. Each takes up to ${size(device.peakBytes())} on the device. Floors and ensembles are not counted.`,
  );
}

/** From a training's start to its test scores. */
export function secondsOfTraining(
  { start, step, validation, test }: Speed,
  { steps, minutes, validateEvery }: Pick<TrainingOptions, "steps" | "minutes" | "validateEvery">,
): number {
  const made = Math.min(
    steps ?? Number.POSITIVE_INFINITY,
    minutes === null ? Number.POSITIVE_INFINITY : Math.ceil((60 * minutes) / step),
  );
  return start + made * step + Math.ceil(made / validateEvery) * validation + test;
}
