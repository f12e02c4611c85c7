import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeText } from "@em-stellar/core";
import { readPlainFile } from "@em-stellar/data/node";
import type { BatchEngine, Submission, TaskCommand } from "./engine.js";

/** The folder of a run that keeps what was given to engines. */
const place = "submissions";

/** Stands in the folder of a submission none of whose tasks is needed any more. */
const closed = "closed";

/**
 * Writes down what is going to be submitted: `jobs.txt`, one job a line, and `task.sh`, the script. This comes first, so that
 * whoever continues the run after a crash knows the name to ask the engine for.
 */
export async function intend(
  run: string,
  engine: BatchEngine,
  command: TaskCommand,
  jobs: readonly string[],
): Promise<Submission> {
  const name = `em-${engine.name.toLowerCase()}-${randomUUID().slice(0, 18)}`;
  const submission: Submission = { name, folder: join(run, place, name), jobs };
  const writing = `${submission.folder}.writing`;
  await mkdir(join(writing, "logs"), { recursive: true });
  await writeFile(join(writing, "jobs.txt"), jobs.map((job) => `${job}\n`).join(""), { flush: true });
  await writeFile(join(writing, "task.sh"), engine.script(submission, command), { flush: true, mode: 0o755 });
  await rename(writing, submission.folder);
  return submission;
}

/** The submissions to an engine of which nobody has seen the end. */
export async function openSubmissions(run: string, engine: BatchEngine): Promise<Submission[]> {
  const prefix = `em-${engine.name.toLowerCase()}-`;
  const names = await readdir(join(run, place)).catch((): string[] => []);
  const found: Submission[] = [];
  for (const name of names.filter((each) => each.startsWith(prefix) && !each.endsWith(".writing")).sort()) {
    const folder = join(run, place, name);
    if ((await readdir(folder)).includes(closed)) continue;
    const text = decodeText(await readPlainFile(join(folder, "jobs.txt")));
    found.push({ name, folder, jobs: text.split("\n").filter((line) => line !== "") });
  }
  return found;
}

/** Nobody need ask for it any more. */
export async function close({ folder }: Submission): Promise<void> {
  await writeFile(join(folder, closed), "");
}

/** Forgets a submission that the engine has refused. */
export async function forget({ folder }: Submission): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
