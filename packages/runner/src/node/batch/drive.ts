import { InputError, type JobId, jobPath, type PlannedRun, type RunEvent, type StopSignal } from "@em-stellar/core";
import type { BatchOptions } from "./batch-options.js";
import { type BatchEngine, type BatchTask, EngineError, type Submission, type TaskCommand } from "./engine.js";
import { close, forget, intend, openSubmissions } from "./submissions.js";

/** A training that has no result yet. */
interface OpenJob {
  readonly job: JobId;
  submitted: number;
  /** Milliseconds of `performance.now()` since when it is neither in the queue nor done. */
  missing?: number;
}

/**
 * Does the trainings of a run as tasks of an engine, and floors in this process meanwhile. What is done, the files of the run say;
 * the engine only starts tasks and says which have not ended. After a crash the same tasks are found again by their names.
 */
export async function* driveBatch(
  plan: PlannedRun,
  jobs: readonly JobId[],
  engine: BatchEngine,
  options: BatchOptions,
): AsyncGenerator<RunEvent> {
  const command = commandOf(plan, engine, jobs);
  const open = new Map<string, OpenJob>();
  const floors: JobId[] = [];
  for (const job of jobs) {
    if ((await plan.stateOf(job)) === "done") continue;
    if (plan.isFloor(job)) floors.push(job);
    else open.set(jobPath(job), { job, submitted: 0 });
  }
  const submissions = await openSubmissions(plan.location, engine);
  const earlier = new Set(submissions.flatMap((submission) => submission.jobs));
  let outage: string | undefined;
  let left = false;
  try {
    while (open.size > 0) {
      plan.signal?.throwIfAborted();
      try {
        const tasks = await engine.tasks(submissions.map(({ name }) => name));
        yield* settle(plan, open, earlier, submissions, tasks, engine, options);
        const due = [...open].filter(([path, one]) => isDue(one, earlier.has(path), options)).map(([path]) => path);
        for (const part of partsOf(due, due.length > 0 ? await engine.largestSubmission() : 1)) {
          yield await submit(plan.location, engine, command, part, open, submissions);
        }
        outage = undefined;
      } catch (error) {
        if (!(error instanceof EngineError) || error.isRefusal) throw error;
        if (outage === undefined) yield { type: "warning", code: "engine-silent", message: silent(engine, error) };
        outage = error.message;
        yield* finish(plan, open); // files tell what the engine cannot
      }
      for (const floor of floors.splice(0)) yield* plan.run(floor);
      if (open.size > 0) await pause(options.poll, plan.signal);
    }
    for (const submission of submissions) await close(submission);
    for (const floor of floors) yield* plan.run(floor);
    left = true;
  } finally {
    if (!left && options.onStop === "cancel")
      for (const { name } of submissions) await engine.cancel(name).catch(() => {});
  }
}

/** The program that does a job, from how the run does one. Throws `InputError` where other machines cannot. */
function commandOf({ door, location }: PlannedRun, engine: BatchEngine, jobs: readonly JobId[]): TaskCommand {
  const [job] = jobs;
  if (door && job) return door.command(job).slice(0, -1);
  if (!job) return [];
  throw new InputError(
    `${engine.name} needs a run that other machines can open, but this one is kept in ${location}. Use the executor "in-process".`,
  );
}

/** Takes the jobs that have ended out of those that are open. Held tasks are cancelled: nothing but people starts them. */
async function* settle(
  plan: PlannedRun,
  open: Map<string, OpenJob>,
  earlier: ReadonlySet<string>,
  submissions: readonly Submission[],
  tasks: readonly BatchTask[],
  engine: BatchEngine,
  { attempts, grace }: BatchOptions,
): AsyncGenerator<RunEvent> {
  const jobsOf = new Map(submissions.map(({ name, jobs }) => [name, jobs]));
  const queued = new Set<string>();
  for (const task of tasks) {
    const path = jobsOf.get(task.name)?.[task.index];
    const one = path === undefined ? undefined : open.get(path);
    if (path === undefined || !one) continue;
    if (task.isBroken) {
      await engine.cancel(task.name, [task]);
      one.submitted ||= 1;
      continue;
    }
    delete one.missing;
    if (task.held === undefined) {
      queued.add(path);
      if (one.submitted === 0) one.submitted = 1; // an earlier start of the run did
      continue;
    }
    await engine.cancel(task.name, [task]);
    open.delete(path);
    const message = `${engine.name} holds its task ${task.id} (${task.held}), which was cancelled. Release what holds it, and run the suite again.`;
    yield { type: "job-failed", job: one.job, step: 0, message, cause: "process" };
  }
  yield* finish(plan, open);
  for (const [path, one] of [...open].filter(([path]) => !queued.has(path))) {
    if (one.submitted === 0 && !earlier.has(path)) continue;
    const result = one.submitted > 0 ? await plan.resultOf(one.job) : undefined;
    if (result?.state === "failed") {
      open.delete(path);
      const message = result.failure ?? "it does not say why";
      yield { type: "job-failed", job: one.job, step: result.steps, message, cause: "error" };
      continue;
    }
    one.missing ??= performance.now();
    if (one.submitted < attempts || performance.now() - one.missing < 1000 * grace) continue;
    open.delete(path);
    const message = `its task ended ${attempts} times without a result. The logs are in ${plan.location}/submissions. Run the suite again to continue from the last validation.`;
    yield { type: "job-failed", job: one.job, step: 0, message, cause: "process" };
  }
}

/** Tells the jobs that are done. */
async function* finish(plan: PlannedRun, open: Map<string, OpenJob>): AsyncGenerator<RunEvent> {
  for (const [path, { job }] of [...open]) {
    const result = await plan.resultOf(job);
    if (result?.state !== "done") continue;
    open.delete(path);
    yield { type: "job-finished", job, result };
  }
}

/** Whether a job is to be submitted: at once where it never was, after a while where its task has gone without a result. */
function isDue({ submitted, missing }: OpenJob, wasSubmitted: boolean, { grace }: BatchOptions): boolean {
  if (submitted === 0 && !wasSubmitted) return true;
  return missing !== undefined && performance.now() - missing >= 1000 * grace;
}

async function submit(
  run: string,
  engine: BatchEngine,
  command: TaskCommand,
  jobs: readonly string[],
  open: ReadonlyMap<string, OpenJob>,
  submissions: Submission[],
): Promise<RunEvent> {
  const submission = await intend(run, engine, command, jobs);
  let id: string;
  try {
    id = await engine.submit(submission);
  } catch (error) {
    if (error instanceof EngineError && error.isRefusal) await forget(submission);
    else submissions.push(submission); // it may be there: its name tells, when the engine answers again
    throw error;
  }
  submissions.push(submission);
  for (const path of jobs) {
    const one = open.get(path);
    if (!one) continue;
    one.submitted++;
    delete one.missing;
  }
  return { type: "jobs-submitted", jobs: jobs.length, engine: engine.name, id };
}

function partsOf(jobs: readonly string[], size: number): string[][] {
  const parts: string[][] = [];
  for (let i = 0; i < jobs.length; i += size) parts.push(jobs.slice(i, i + size));
  return parts;
}

function silent(engine: BatchEngine, error: EngineError): string {
  return `${engine.name} does not answer (${error.message}). The run waits for it. Trainings that have started continue.`;
}

/** Waits so many seconds; throws the signal's reason at once when it is aborted. */
async function pause(seconds: number, signal: StopSignal | undefined): Promise<void> {
  let wake = () => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const timer = setTimeout(wake, 1000 * seconds);
  signal?.addEventListener("abort", wake);
  await woken;
  clearTimeout(timer);
  signal?.removeEventListener("abort", wake);
  signal?.throwIfAborted();
}
