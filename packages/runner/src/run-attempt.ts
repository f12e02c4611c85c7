import { EmStellarError, type JobId, LockedError, type RunEvent, type RunStore, StoreError } from "@em-stellar/core";
import { requireSameJob } from "./job-description.js";
import { forgetDamaged, stateOf } from "./job-record.js";
import { jobFolder, type OpenRun } from "./open-run.js";
import { runJob } from "./run-job.js";
import { copyFiles } from "./stored-files.js";
import { stateAt } from "./training/job-state.js";

// Web Crypto is global in Node 20, browsers and workers, but in none of the ES libraries.
declare const crypto: { randomUUID(): string };

/** Seconds that another process may take to put its attempt in place. */
const patience = 60;

/**
 * Does one job as `runJob` does, in a folder of its own: `attempts/<id>` in the job's folder. What has finished takes its place in
 * the job's folder in the end. Where a job is started twice, both attempts may go on at the same time, on machines that know
 * nothing of each other: neither touches the files of the other, and the first that finishes is the result. An attempt goes on
 * from the state of the one before it that got furthest.
 */
export async function* runAttempt(run: OpenRun, job: JobId): AsyncGenerator<RunEvent> {
  try {
    yield* attempt(run, job);
  } catch (error) {
    // An attempt that was faster has removed the folder under this one.
    const isBeaten = error instanceof StoreError || error instanceof LockedError;
    if (!isBeaten || (await stateOf(run, job)) !== "done") throw error;
    await run.store.remove(attemptsOf(job));
  }
}

async function* attempt(run: OpenRun, job: JobId): AsyncGenerator<RunEvent> {
  const { store } = run;
  const damage = await forgetDamaged(run, job, true);
  if (damage) yield { type: "warning", job, code: "damaged-file", message: damage };
  await requireSameJob(run, job);
  if ((await stateOf(run, job)) === "done") return;
  await alone(store, job, async () => {
    if ((await stateOf(run, job)) === "failed") await store.remove(`${jobFolder(job)}/metrics.json`);
  });
  const folder = `${attemptsOf(job)}/${crypto.randomUUID()}`;
  await adopt(run, job, folder);
  const own = { ...run, store: storeOf(store, job, folder) };
  for await (const event of runJob(own, job)) {
    if (event.type === "job-finished" || event.type === "job-failed") {
      // Its log is whole only when runJob has ended.
      if (await publish(run, job, folder, event.type === "job-finished")) yield event;
      return;
    }
    yield event;
    if (event.type === "validation" && (await stateOf(run, job)) === "done") break; // another attempt was faster
  }
  await store.remove(attemptsOf(job));
}

function attemptsOf(job: JobId): string {
  return `${jobFolder(job)}/attempts`;
}

async function alone<T>(store: RunStore, job: JobId, work: () => Promise<T>): Promise<T> {
  const release = await store.lock?.(`${jobFolder(job)}/writer.lock`, patience);
  try {
    return await work();
  } finally {
    await release?.();
  }
}

/** The run's store, where the job's folder is another one. */
function storeOf(store: RunStore, job: JobId, folder: string): RunStore {
  const place = jobFolder(job);
  const moved = (path: string, from: string, to: string) =>
    path === from || path.startsWith(`${from}/`) ? `${to}${path.slice(from.length)}` : path;
  const { append, lock } = store;
  return {
    location: store.location,
    read: (path) => store.read(moved(path, place, folder)),
    write: (path, content) => store.write(moved(path, place, folder), content),
    list: async (path) => (await store.list(moved(path, place, folder))).map((each) => moved(each, folder, place)),
    remove: (path) => store.remove(moved(path, place, folder)),
    ...(append && { append: (path: string, content: Uint8Array) => append(moved(path, place, folder), content) }),
    ...(lock && { lock: (path: string, wait?: number) => lock(moved(path, place, folder), wait) }),
  };
}

/** Copies the state that got furthest into an attempt's folder, with the checkpoints that belong to it. */
async function adopt(run: OpenRun, job: JobId, folder: string): Promise<void> {
  const { store } = run;
  const state = "last/state.bin";
  const states = (await store.list(attemptsOf(job))).filter((path) => path.endsWith(`/${state}`));
  let best: { readonly source: string; readonly step: number } | undefined;
  for (const path of [`${jobFolder(job)}/${state}`, ...states]) {
    const source = path.slice(0, -state.length - 1);
    const step = (await stateAt(store, path))?.step;
    if (step !== undefined && step > (best?.step ?? 0) && (await isOf(run, job, source))) best = { source, step };
  }
  if (!best) return;
  const { source, step } = best;
  await copyFiles(store, source, folder, await store.list(`${source}/checkpoints`));
  await copyFiles(store, source, folder, [`${source}/${state}`]);
  // Whoever wrote them may be alive: then what was copied need not belong together, and the attempt starts from nothing.
  const isSame =
    (await stateAt(store, `${source}/${state}`))?.step === step &&
    (await stateAt(store, `${folder}/${state}`))?.step === step;
  if (!isSame) await store.remove(folder);
}

/** Whether an attempt was made with the options and data that the job has now. */
async function isOf(run: OpenRun, job: JobId, folder: string): Promise<boolean> {
  try {
    await requireSameJob({ ...run, store: storeOf(run.store, job, folder) }, job);
    return true;
  } catch (error) {
    if (!(error instanceof EmStellarError) || error instanceof StoreError) throw error;
    return false;
  }
}

/** Puts what an attempt has left into the job's folder, its result last; false where another attempt has done so before. */
async function publish(run: OpenRun, job: JobId, folder: string, isDone: boolean): Promise<boolean> {
  const { store } = run;
  const place = jobFolder(job);
  return alone(store, job, async () => {
    const isFirst = (await stateOf(run, job)) !== "done";
    if (isFirst) {
      const record = `${folder}/metrics.json`;
      const failure = ["job.json", "events.jsonl", "error.txt"].map((name) => `${folder}/${name}`);
      const files = isDone ? await store.list(folder) : failure;
      if (isDone)
        for (const part of ["checkpoints", "predictions", "validation", "last"]) await store.remove(`${place}/${part}`);
      await copyFiles(
        store,
        folder,
        place,
        files.filter((path) => path !== record && !path.endsWith(".lock")),
      );
      await copyFiles(store, folder, place, [record]);
    }
    if (isDone || !isFirst) await store.remove(attemptsOf(job));
    return isFirst;
  });
}
