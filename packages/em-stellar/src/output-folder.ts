import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { decodeText, InputError, LockedError, type RunStore } from "@em-stellar/core";
import { readPlainFile } from "@em-stellar/data/node";
import { withSlashes } from "@em-stellar/runner/node";

/** What may stand at the top of a run folder. */
const parts = [
  "suite.json",
  "plan.json",
  "jobs.txt",
  "manifest.json",
  "jobs",
  "test",
  "ensembles",
  "initial",
  "results.json",
  "results.csv",
  "transfer.csv",
  "report",
  "submissions",
  "workflows",
];

/** Throws `InputError` for a folder that holds something else than a run, or a run whose suite.json is damaged. */
export async function requireRunFolder(folder: string): Promise<void> {
  const all: string[] = await readdir(folder).catch(() => []); // missing or unreadable: the run store says so
  const entries = all.filter((name) => !name.endsWith(".writing") && name !== lock);
  if (entries.length === 0 || (await isRun(folder, entries))) return;
  const some = entries.slice(0, 3).join(", ") + (entries.length > 3 ? ", …" : "");
  throw new InputError(`${folder} holds files (${some}) but no run. Choose a new or an empty folder with \`out\`.`);
}

/** The lock of a run folder: whoever holds it is the only one to write. */
export const lock = "writer.lock";

/**
 * Refuses a folder that holds something else than a run; removes what a crash left half written and, with `fresh`, all
 * that an earlier run left, but nothing else. Nobody else may be at work in it, but others may do some of its jobs: what they
 * write stays. Throws `InputError`, and with `fresh` `LockedError` where somebody does one.
 */
export async function prepareOutput(store: RunStore, fresh: boolean): Promise<void> {
  const folder = store.location;
  await requireRunFolder(folder);
  const all = await readdir(folder, { recursive: true }).catch(() => []);
  const paths = all.map((path) => withSlashes(path));
  for (const path of paths.filter((each) => each.endsWith(".writing"))) {
    const [, job] = /^(jobs\/[^/]+\/fold-\d+\/seed-\d+(?:\/attempts\/[^/]+)?)\//.exec(path) ?? [];
    const remove = () => rm(join(folder, path), { force: true });
    await (job === undefined ? remove() : unlessLocked(store, `${job}/${lock}`, remove));
  }
  if (!fresh) return;
  const locks = paths.filter((path) => path.startsWith("jobs/") && path.endsWith(`/${lock}`));
  const releases: (() => Promise<void>)[] = [];
  try {
    for (const path of locks) releases.push((await store.lock?.(path)) ?? (async () => {}));
    for (const part of parts) await rm(join(folder, part), { recursive: true, force: true });
  } finally {
    for (const release of releases) await release();
  }
}

/** Does nothing where another process has the lock. */
async function unlessLocked(store: RunStore, path: string, work: () => Promise<void>): Promise<void> {
  try {
    const release = await store.lock?.(path);
    await work().finally(release);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
  }
}

/**
 * A run begins with a suite.json that bears a version, as those that people write rarely do, and then a manifest.json and a
 * plan.json, which stand for it where it is missing: it is written again.
 */
async function isRun(folder: string, entries: readonly string[]): Promise<boolean> {
  if (entries.length > 1 && !entries.includes("manifest.json")) return false;
  const textOf = (name: string) => readPlainFile(join(folder, name)).then(decodeText, () => "");
  if ((await textOf("suite.json")).includes('"schemaVersion"')) return true;
  const plan = await textOf("plan.json");
  if (!plan.includes('"schemaVersion"') || !plan.includes('"opening"')) return false;
  if (!entries.includes("suite.json")) return true;
  throw new InputError(
    `${join(folder, "suite.json")} is damaged: it does not hold the suite of this run. Remove it and run the same command again: the command writes it again and keeps finished trainings.`,
  );
}
