import { type ChildProcess, fork } from "node:child_process";
import { EmStellarError, type JobId, type RunEvent } from "@em-stellar/core";
import type { Executor } from "../executor.js";
import type { OpenRun } from "../open-run.js";
import { isDone, runJob } from "../run-job.js";

/** What the executor tells a worker: how to open the run, then job after job. */
export type ToWorker<Setup> = { type: "open"; setup: Setup } | { type: "job"; job: JobId };
/** What a worker answers. */
export type FromWorker =
  | { type: "ready" }
  | { type: "event"; event: RunEvent }
  | { type: "idle" }
  | { type: "error"; message: string; expected: boolean };

export interface ProcessExecutorOptions<Setup> {
  /** A module that calls `serveJobs`. */
  readonly entry: URL;
  /** Processes at a time; each trains one job on one thread. */
  readonly workers: number;
  /** What the module's `serveJobs` needs to open the same run: JSON. */
  readonly setup: Setup;
  /** What a worker's environment has beside this process's own, by the worker's number from 0 on: the GPU that it is to use. */
  readonly environment?: (worker: number) => Readonly<Record<string, string>>;
}

/** Runs jobs in processes of their own: one single-threaded training a core is faster than one training on all of them. */
export function processExecutor<Setup>({
  entry,
  workers,
  setup,
  environment = () => ({}),
}: ProcessExecutorOptions<Setup>): Executor {
  return async function* (run, jobs) {
    const waiting: JobId[] = [];
    const events = createQueue<RunEvent>();
    for (const job of jobs) if (!(await isDone(run, job))) waiting.push(job);
    const children = new Set<ChildProcess>();
    const work = async (_: unknown, worker: number): Promise<void> => {
      const start = () => fork(entry, { serialization: "json", env: { ...process.env, ...environment(worker) } });
      while (waiting.length > 0) await serveFrom(waiting, start, setup, children, events.push);
    };
    const all = Promise.all(Array.from({ length: Math.min(workers, waiting.length) }, work));
    all.then(events.close, events.fail);
    try {
      yield* events.drain();
    } finally {
      for (const child of children) child.kill();
    }
  };
}

/** Lets one worker take jobs until none is left or it dies; a job whose worker died is reported as failed, and may be tried at the next run. */
function serveFrom<Setup>(
  waiting: JobId[],
  start: () => ChildProcess,
  setup: Setup,
  children: Set<ChildProcess>,
  push: (event: RunEvent) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = start();
    children.add(child);
    let job: JobId | undefined;
    let step = 0;
    const send = (message: ToWorker<Setup>) => child.send(message);
    const next = () => {
      job = waiting.shift();
      if (job) send({ type: "job", job });
      else child.disconnect();
    };
    child.on("message", (message: FromWorker) => {
      if (message.type === "event") {
        if (message.event.type === "step") step = message.event.step;
        push(message.event);
      } else if (message.type === "error") {
        reject(message.expected ? new EmStellarError(message.message) : new Error(message.message));
        child.kill();
      } else next();
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      children.delete(child);
      if (job) {
        const message = `its process ended (${signal ?? `exit code ${code}`}); out of memory is the usual cause. Fewer workers, a smaller patch or batch need less. Run the suite again to continue from the last validation.`;
        push({ type: "job-failed", job, step, message });
      }
      resolve();
    });
    send({ type: "open", setup });
  });
}

/** The worker's side of `processExecutor`: opens the run once, then does the jobs that it is sent. */
export function serveJobs<Setup>(open: (setup: Setup) => Promise<OpenRun>): void {
  // A message that cannot be sent has no one left to read it.
  const send = (message: FromWorker) =>
    process.send?.(message, undefined, undefined, (error) => {
      if (error) process.exit(0);
    });
  let run: OpenRun | undefined;
  const answer = async (message: ToWorker<Setup>) => {
    if (message.type === "open") {
      run = await open(message.setup);
      send({ type: "ready" });
    } else if (run) {
      for await (const event of runJob(run, message.job)) send({ type: "event", event });
      send({ type: "idle" });
    }
  };
  process.on("message", (message: ToWorker<Setup>) => {
    answer(message).catch((error: unknown) => {
      const expected = error instanceof EmStellarError;
      const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
      send({ type: "error", message: text, expected });
    });
  });
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group: the parent decides, and disconnects
}

/** Turns pushed items into an async iterable. */
function createQueue<T>() {
  const items: T[] = [];
  let ended: { error?: unknown } | undefined;
  let wake = () => {};
  const end = (how: { error?: unknown }) => {
    ended ??= how;
    wake();
  };
  return {
    push(item: T) {
      items.push(item);
      wake();
    },
    close: () => end({}),
    fail: (error: unknown) => end({ error }),
    async *drain(): AsyncGenerator<T> {
      while (true) {
        while (items.length > 0) yield items.shift() as T; // length was just checked
        if (ended && "error" in ended) throw ended.error;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
