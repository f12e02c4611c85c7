import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@em-stellar/core";

/** What may stand at the top of a run folder. */
const parts = [
  "suite.json",
  "plan.json",
  "manifest.json",
  "jobs",
  "test",
  "ensembles",
  "results.json",
  "results.csv",
  "report",
];

/** Throws `InputError` for a folder that holds something else than a run. */
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
 * that an earlier run left, but nothing else. Nobody else may be at work in it. Throws `InputError`.
 */
export async function prepareOutput(folder: string, fresh: boolean): Promise<void> {
  await requireRunFolder(folder);
  for (const path of await readdir(folder, { recursive: true }).catch(() => [])) {
    if (path.endsWith(".writing")) await rm(join(folder, path), { force: true });
  }
  if (!fresh) return;
  for (const part of parts) await rm(join(folder, part), { recursive: true, force: true });
}

/** A run begins with a suite.json that bears a version, as those that people write rarely do, and then a manifest.json. */
async function isRun(folder: string, entries: readonly string[]): Promise<boolean> {
  if (entries.length > 1 && !entries.includes("manifest.json")) return false;
  const suite = await readFile(join(folder, "suite.json"), "utf8").catch(() => "");
  return suite.includes('"schemaVersion"');
}
