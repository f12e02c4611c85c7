import { appendFileSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { EmStellarError, jobPath, type Results, type RunEvent, writeText } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { type Executor, inProcess, runSuite } from "@em-stellar/runner";
import { folderStore, processExecutor } from "@em-stellar/runner/node";
import { citationIn } from "./citation.js";
import { environment } from "./environment.js";
import { environmentOfWorker } from "./environment-of-worker.js";
import { prepareOutput } from "./output-folder.js";
import { floorSentence, rankingTable } from "./ranking.js";
import { type DeviceChoice, flagsOf, startDevice } from "./start-device.js";
import type { LoadedSuite } from "./suite-file.js";
import { deviceLines } from "./terminal/device-lines.js";
import { eventLine } from "./terminal/event-line.js";
import { duration } from "./terminal/format.js";
import { advance, noProgress, renderProgress } from "./terminal/run-progress.js";
import type { Terminal } from "./terminal/terminal.js";
import type { WorkerSetup } from "./worker.js";

export interface BenchmarkOptions extends Partial<DeviceChoice> {
  /** The run folder. */
  readonly out: string;
  /** A file that gets each event as a line of JSON. */
  readonly log?: string;
  /** Removes what an earlier run left in the folder. */
  readonly fresh?: boolean;
  /** Trainings at a time, each in a process of its own; where absent as many as the device takes. */
  readonly workers?: number;
}

/** Runs a suite, or what is left of it, shows how it goes, and ends with the ranking and a report. */
export async function benchmark(loaded: LoadedSuite, options: BenchmarkOptions, terminal: Terminal): Promise<Results> {
  const device = await startDevice({ backend: loaded.suite.backend, ...options }, loaded.registry);
  const suite = typeof options.backend === "string" ? { ...loaded.suite, backend: options.backend } : loaded.suite;
  try {
    return await benchmarkOn(device, { ...loaded, suite }, options, terminal);
  } finally {
    await device.dispose();
  }
}

async function benchmarkOn(
  device: Device,
  { suite, registry, folder, file }: LoadedSuite,
  options: BenchmarkOptions,
  terminal: Terminal,
): Promise<Results> {
  const started = Date.now();
  const out = resolve(options.out);
  await prepareOutput(out, options.fresh ?? false);
  const log = options.log === undefined ? undefined : openLog(resolve(options.log));
  const store = await folderStore(out);
  const onInterrupt = () => {
    terminal.close();
    terminal.print("! Stopped. The same command continues this run: finished trainings are kept.");
    process.exit(130);
  };
  process.once("SIGINT", onInterrupt);
  const asked = file === null ? "demo" : `run ${relative(process.cwd(), file)}`;
  const command = `npx em-stellar ${asked}${flagsOf(options)}`;
  // The device is chosen once: every worker starts the one that was chosen here.
  const choice = { backend: { id: device.backend, options: device.options } };
  const workers = options.workers ?? device.workers?.length ?? availableParallelism();
  const executor = sharedAmong(workers, { suite: file, out, device: choice }, device);
  const outside = { registry, device, store, folder, executor, environment: { ...environment(), command } };
  let results: Results | undefined;
  let progress = noProgress;
  try {
    for await (const event of runSuite(suite, outside)) {
      log?.(event);
      progress = advance(progress, event, (Date.now() - started) / 1000);
      const line = eventLine(event, !terminal.live);
      if (line !== undefined) terminal.print(line);
      if (event.type === "run-started") for (const why of deviceLines(device)) terminal.print(why);
      terminal.draw(renderProgress(progress, terminal.columns));
      if (event.type === "run-finished") results = event.results;
      await nextTurn(); // training computes without a pause: let Ctrl-C and the terminal through
    }
  } finally {
    process.off("SIGINT", onInterrupt);
    terminal.close();
  }
  if (!results) throw new Error(`The run in ${out} ended without results.`);
  const { renderReport } = await import("@em-stellar/report"); // charts take a second to load, and the first event is waiting
  await writeText(store, "report/index.html", await renderReport(results, { store, citation: citationIn(registry) }));
  terminal.print();
  terminal.print(rankingTable(results));
  terminal.print();
  const floors = floorSentence(results);
  if (floors) terminal.print(floors);
  if (results.statistics) terminal.print(results.statistics.sentence);
  terminal.print(
    `Scores of the object class on test images, pooled over pixels; the mean over runs. Took ${duration((Date.now() - started) / 1000)}.`,
  );
  terminal.print(`Report:  ${resolve(out, "report", "index.html")}`);
  terminal.print(`Results: ${resolve(out, "results.json")}`);
  const trained = results.methods.filter(({ kind }) => kind === "network").flatMap(({ runs }) => runs);
  if (!trained.some(({ state }) => state === "done")) {
    throw new EmStellarError(
      `No network finished training. The first failure: ${trained[0]?.failure ?? "a worker ended"}`,
    );
  }
  return results;
}

/** Floors in this process; trainings in processes of their own, each with its part of the device, where several are waiting and several may run. */
function sharedAmong(workers: number, setup: WorkerSetup, device: Device): Executor {
  return async function* (run, jobs) {
    const networks = new Set(run.methods.filter(({ kind }) => kind === "network").map(({ name }) => name));
    const trainings = jobs.filter(({ method }) => networks.has(method));
    const floors = jobs.filter(({ method }) => !networks.has(method));
    yield* inProcess(run, floors);
    const entry = new URL("./worker.js", import.meta.url);
    const environment = (worker: number) => environmentOfWorker(worker, device);
    const processes = processExecutor({ entry, workers, setup, environment });
    const train = workers > 1 && trainings.length > 1 ? processes : inProcess;
    yield* train(run, trainings);
  };
}

/** Appends each event to a file as one line of JSON, with its time; of the results, the path. */
function openLog(file: string): (event: RunEvent) => void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, "");
  return (event) => {
    const told = event.type === "run-finished" ? { ...event, results: join(event.location, "results.json") } : event;
    const name = "job" in told && told.job ? { name: jobPath(told.job) } : {};
    appendFileSync(file, `${JSON.stringify({ time: new Date().toISOString(), ...told, ...name })}\n`);
  };
}
