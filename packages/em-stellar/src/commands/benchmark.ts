import { join, relative, resolve } from "node:path";
import {
  type AnyFactory,
  type Executor,
  InputError,
  type JobId,
  jobPath,
  nextTurn,
  type Results,
  type RunEvent,
  type RunStore,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { quoted } from "@em-stellar/data/node";
import { runSuite, withSteps } from "@em-stellar/runner";
import { folderStore, processes, removeTornLine } from "@em-stellar/runner/node";
import { deviceElsewhere } from "../device-elsewhere.js";
import { cacheOf, environment, processorTime } from "../environment.js";
import { environmentOfWorker } from "../environment-of-worker.js";
import { openInitialFrom } from "../open-initial.js";
import { doorOf, openingOf } from "../open-run-folder.js";
import { lock, prepareOutput, requireRunFolder } from "../output-folder.js";
import { backendOf, type DeviceChoice } from "../start-device.js";
import type { LoadedSuite } from "../suite-file.js";
import { flagsOf } from "../terminal/device-flags.js";
import { deviceLines } from "../terminal/device-lines.js";
import { eventLine } from "../terminal/event-line.js";
import { interruptible } from "../terminal/interruptible.js";
import { advance, noProgress, renderProgress } from "../terminal/run-progress.js";
import type { Terminal } from "../terminal/terminal.js";
import { trainingsAtATime } from "../trainings-at-a-time.js";
import { appendLine, openForAppending } from "../write-output.js";
import { conclude, requireFinished } from "./conclude.js";

export interface BenchmarkOptions extends Partial<DeviceChoice> {
  /** The run folder. */
  readonly out: string;
  /** A file that gets each event as a line of JSON. */
  readonly log?: string;
  /** Removes what an earlier run left in the folder. */
  readonly fresh?: boolean;
  /** Trainings at a time, each in a process of its own; where absent as many as the device takes. */
  readonly workers?: number;
  /** Steps of each training, where they are more than the suite says: finished ones go on. */
  readonly steps?: number;
  /** Id of the executor, in place of the suite's. */
  readonly executor?: string;
  /** MiB of decoded images that all workers together keep in memory; by default a quarter of the machine's memory. */
  readonly cache?: number;
}

/** Runs a suite, or what is left of it, shows how it goes, and ends with the ranking and a report. */
export function benchmark(given: LoadedSuite, options: BenchmarkOptions, terminal: Terminal): Promise<Results> {
  const loaded = longerSuite(given, options);
  const stopped = "! Stopped. Run the same command again to continue: finished trainings are kept.";
  const work = async (signal: AbortSignal, finishing: () => void) => {
    const executor = executorOf(options, loaded);
    const backend = backendOf({ backend: loaded.suite.backend, ...options }, loaded.registry);
    const device = executor.elsewhere ? deviceElsewhere(backend) : await backend.start();
    const suite = typeof options.backend === "string" ? { ...loaded.suite, backend: options.backend } : loaded.suite;
    try {
      signal.throwIfAborted();
      return await benchmarkOn(device, executor, { ...loaded, suite }, options, terminal, { signal, finishing });
    } finally {
      await device.dispose();
    }
  };
  return interruptible({ stopped, work }, terminal);
}

/** How the work is stopped, and what it calls when that is no longer worth it. */
interface Stopping {
  readonly signal: AbortSignal;
  readonly finishing: () => void;
}

async function benchmarkOn(
  device: Device,
  executor: Executor,
  loaded: LoadedSuite,
  options: BenchmarkOptions,
  terminal: Terminal,
  stopping: Stopping,
): Promise<Results> {
  return inRunFolder(options, (store) => benchmarkAlone(device, executor, loaded, store, options, terminal, stopping));
}

/** Does something in the folder of a run, new or not, in which nobody else is at work meanwhile. */
export async function inRunFolder<T>(
  { out, fresh = false }: Pick<BenchmarkOptions, "out" | "fresh">,
  work: (store: RunStore) => Promise<T>,
): Promise<T> {
  const folder = resolve(out);
  await requireRunFolder(folder);
  const store = await folderStore(folder);
  const release = await store.lock?.(lock);
  try {
    await prepareOutput(store, fresh);
    return await work(store);
  } finally {
    await release?.();
  }
}

async function benchmarkAlone(
  device: Device,
  executor: Executor,
  { suite, registry, folder, file }: LoadedSuite,
  store: RunStore,
  options: BenchmarkOptions,
  terminal: Terminal,
  { signal, finishing }: Stopping,
): Promise<Results> {
  const started = Date.now();
  const out = store.location;
  const log = options.log === undefined ? undefined : await openLog(resolve(options.log));
  const asked = file === null ? "demo" : `run ${quoted(relative(process.cwd(), file))}`;
  const command = `npx em-stellar ${asked}${stepsFlag(options)}${flagsOf(options)}`;
  // The device is chosen once: every worker of this machine starts the one that was chosen here.
  const choice = { backend: { id: device.backend, options: device.options } };
  const workers = options.workers ?? trainingsAtATime(device);
  const cacheBytes = cacheOf(workers, options.cache);
  const cache = executor.elsewhere && options.cache === undefined ? null : cacheBytes;
  const backend = typeof options.backend === "string" ? options.backend : null;
  const outside = {
    registry,
    device,
    store,
    folder,
    openInitial: openInitialFrom(folder),
    workers,
    cacheBytes,
    processorTime,
    executor,
    environment: { ...environment(), command },
    opening: openingOf({
      ...{ suite: file, folder, backend, device: choice, command, cacheBytes: cache },
      steps: options.steps ?? null,
    }),
    longer: options.steps !== undefined,
    door: doorOf(out, (worker) => environmentOfWorker(worker, device)),
    signal,
  };
  let results: Results | undefined;
  let jobs: readonly JobId[] = [];
  let isContinued = false;
  const failures = new Map<string, string>();
  let progress = noProgress;
  for await (const event of runSuite(suite, outside)) {
    if (event.type !== "run-finished") signal.throwIfAborted();
    log?.(event);
    progress = advance(progress, event, (Date.now() - started) / 1000);
    const line = eventLine(event, !terminal.live);
    if (line !== undefined) terminal.print(line);
    if (event.type === "run-started") for (const why of deviceLines(device)) terminal.print(why);
    terminal.draw(renderProgress(progress, terminal.columns));
    if (event.type === "run-started") {
      jobs = event.jobs;
      isContinued = event.finishedBefore > 0;
    }
    if (event.type === "job-started" && event.step > 0) isContinued = true;
    if (event.type === "job-failed") failures.set(jobPath(event.job), event.message);
    if (event.type === "run-finished") {
      finishing();
      results = event.results;
    }
    await nextTurn(); // training computes without a pause: let Ctrl-C and the terminal through
  }
  terminal.close();
  if (!results) throw new Error(`The run in ${out} ended without results.`);
  const conclusion = { jobs, failures, store, registry, started, isContinued };
  await conclude(results, conclusion, terminal);
  if (file === null) {
    terminal.print("To benchmark networks on your own images and masks:");
    terminal.print("  npx em-stellar init FOLDER");
  }
  requireFinished(results, conclusion);
  return results;
}

/** A suite with as many steps as the command says. */
export function longerSuite(loaded: LoadedSuite, { steps }: Pick<BenchmarkOptions, "steps">): LoadedSuite {
  return steps === undefined ? loaded : { ...loaded, suite: withSteps(loaded.suite, steps) };
}

/** ` --steps 4000`, or nothing. */
export function stepsFlag({ steps }: Pick<BenchmarkOptions, "steps">): string {
  return steps === undefined ? "" : ` --steps ${steps}`;
}

/** Where the jobs run: as the command says, else as the suite does, else as the device has use for. */
export function executorOf(
  { executor, workers }: BenchmarkOptions,
  { suite, registry }: Pick<LoadedSuite, "suite" | "registry">,
): Executor {
  const named = executor === undefined ? suite.executor : undefined;
  const factory: AnyFactory<Executor> = registry.lookup("executor", named?.id ?? executor ?? "auto");
  if (workers === undefined) return named ?? factory();
  // Whoever gives a number of workers means it, whatever the suite says.
  if (factory.id === processes.id) return factory({ workers });
  if (factory.id === "auto") return factory();
  throw new InputError(
    `The executor "${factory.id}" takes no number of workers. Leave out \`workers\`, or choose \`executor: processes\`.`,
  );
}

/** Appends each event to a file as one line of JSON, with its time; of the results, the path. */
async function openLog(file: string): Promise<(event: RunEvent) => void> {
  await openForAppending(file);
  await removeTornLine(file);
  return (event) => {
    const told = event.type === "run-finished" ? { ...event, results: join(event.location, "results.json") } : event;
    const name = "job" in told && told.job ? { name: jobPath(told.job) } : {};
    appendLine(file, JSON.stringify({ time: new Date().toISOString(), ...told, ...name }));
  };
}
