import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import {
  defineExecutor,
  EmStellarError,
  InputError,
  type JobDoor,
  type JobId,
  type PlannedRun,
  type RunEvent,
} from "@em-stellar/core";
import { createQueue } from "./queue.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

export interface ProcessesOptions {
  /** Trainings at a time, each in a process of its own; `null`: as many as the device has use for. */
  workers: number | null;
}

/**
 * Runs trainings in processes of their own: one single-threaded training a core is faster than one training on all of them.
 * Floors are done in this process meanwhile.
 */
export const processes = defineExecutor({
  id: "processes",
  summary: "Several trainings at the same time, each in its own process",
  defaults: { workers: null },
  check: ({ workers }: ProcessesOptions) =>
    workers === null || (Number.isInteger(workers) && workers >= 1)
      ? undefined
      : `needs a whole number of at least 1, or null, for "workers", but was given ${JSON.stringify(workers)}.`,
  run: (plan, jobs, { workers }: ProcessesOptions) => runInProcesses(plan, jobs, workers ?? plan.workers),
});

async function* runInProcesses(plan: PlannedRun, jobs: readonly JobId[], workers: number): AsyncGenerator<RunEvent> {
  const { door } = plan;
  if (!door) {
    throw new InputError(
      `The executor "processes" needs a run that other processes can open, but this one is kept in ${plan.location}. Use the executor "in-process".`,
    );
  }
  const waiting: JobId[] = [];
  const floors: JobId[] = [];
  for (const job of jobs) if ((await plan.stateOf(job)) !== "done") (plan.isFloor(job) ? floors : waiting).push(job);
  plan.signal?.throwIfAborted();
  const shift: Shift = { waiting, events: createQueue(), children: new Set(), stopped: false };
  const count = Math.min(workers, waiting.length);
  const floorsDone = doFloors(plan, floors, shift);
  const all = Promise.all([...Array.from({ length: count }, (_, worker) => employ(shift, door, worker)), floorsDone]);
  all.then((ends) => {
    const lost = ends.find((end) => end !== undefined);
    if (lost !== undefined && shift.waiting.length > 0) shift.events.fail(new EmStellarError(lost));
    else shift.events.close();
  }, shift.events.fail);
  const stop = () => {
    try {
      plan.signal?.throwIfAborted();
    } catch (reason) {
      shift.events.fail(reason);
    }
  };
  plan.signal?.addEventListener("abort", stop);
  try {
    yield* shift.events.drain();
  } finally {
    plan.signal?.removeEventListener("abort", stop);
    shift.stopped = true;
    await end(shift.children);
    await floorsDone.catch(() => {}); // it was told, or nobody listens
  }
}

/** What the workers of one run share. */
interface Shift {
  readonly waiting: JobId[];
  readonly events: ReturnType<typeof createQueue<RunEvent>>;
  readonly children: Set<ChildProcess>;
  /** Nobody listens any more. */
  stopped: boolean;
}

async function doFloors(plan: PlannedRun, floors: readonly JobId[], shift: Shift): Promise<undefined> {
  for (const floor of floors) {
    for await (const event of plan.run(floor)) {
      if (shift.stopped) return;
      shift.events.push(event);
    }
  }
}

/**
 * Starts a process, and another when it ends, as long as jobs are waiting. Gives up where two in a row end before they could
 * take a job, and says why.
 */
async function employ(shift: Shift, door: JobDoor, worker: number): Promise<string | undefined> {
  for (let failures = 0; shift.waiting.length > 0 && !shift.stopped; ) {
    const { ready, how } = await serve(shift, door, worker);
    if (shift.stopped) return undefined;
    failures = ready ? 0 : failures + 1;
    if (failures < 2) continue;
    const message = `Worker ${worker + 1} ended twice before it could take a job (${how}).`;
    shift.events.push({ type: "warning", code: "worker-lost", message });
    return `${message} Fix this and run the same command again, or use the executor "in-process".`;
  }
  return undefined;
}

/** Lets one process take jobs until none is left, one fails, or it dies; what a failed training leaves on a device is not left to the next. */
function serve(shift: Shift, door: JobDoor, worker: number): Promise<{ ready: boolean; how: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, door.server, {
      stdio: ["ignore", "inherit", "pipe", "ipc"],
      env: { ...process.env, ...door.environment(worker) },
    });
    shift.children.add(child);
    let job: JobId | undefined;
    let step = 0;
    let ready = false;
    let failed = false;
    let words = "";
    child.stderr?.on("data", (text: Buffer) => {
      process.stderr.write(text);
      words = (words + text.toString()).slice(-2000);
    });
    const next = () => {
      job = failed ? undefined : shift.waiting.shift();
      step = 0;
      if (job && !shift.stopped) child.send({ job } satisfies ToWorker);
      else child.disconnect();
    };
    child.on("message", (message: FromWorker) => {
      if (message.type === "event") {
        if (message.event.type === "step") step = message.event.step;
        if (message.event.type === "job-failed") failed = true;
        shift.events.push(message.event);
      } else if (message.type === "error") {
        reject(message.expected ? new EmStellarError(message.message) : new Error(message.message));
      } else {
        ready = true;
        next();
      }
    });
    child.on("error", reject);
    const spoken = new Promise((heard) => child.stderr?.once("close", heard));
    child.on("exit", async (code, signal) => {
      shift.children.delete(child);
      await Promise.race([spoken, wait(500, undefined, { ref: false })]); // its own children may keep the pipe open
      const last = lastWords(words);
      const how = `${signal ?? `exit code ${code}`}${last === "" ? "" : `; its last output: ${last}`}`;
      if (job && !shift.stopped) {
        const message = `its process ended (${how}); out of memory is the usual cause. Use fewer workers, or a smaller patch or batch. Run the suite again to continue from the last validation.`;
        shift.events.push({ type: "job-failed", job, step, message, cause: "process" });
      }
      resolve({ ready, how });
    });
  });
}

/** The last line of a text that says something. */
function lastWords(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const said = lines.filter((line) => line !== "" && !/^(at |Node\.js v)/.test(line));
  return (said.find((line) => /Error\b.*:/.test(line)) ?? said.at(-1) ?? "").slice(0, 300);
}

/** Seconds that a worker has to give back its locks: a long step of a training may need more, and its locks are then taken over. */
const grace = 2;

/** Ends processes; what does not obey in time is killed. */
async function end(children: ReadonlySet<ChildProcess>): Promise<void> {
  const running = [...children];
  const ends = running.map((child) => new Promise((resolve) => child.once("exit", resolve)));
  for (const child of running) {
    if (child.connected) child.disconnect();
    child.kill(); // one that has not opened the run yet ends at once
  }
  const patience = new AbortController();
  const late = wait(1000 * grace, undefined, { signal: patience.signal }).then(
    () => running.forEach((child) => void child.kill("SIGKILL")),
    () => {}, // all ended in time
  );
  await Promise.all(ends);
  patience.abort();
  await late;
}
