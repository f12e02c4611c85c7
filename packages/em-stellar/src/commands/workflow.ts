import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "@em-stellar/core";
import { quoted, shown } from "@em-stellar/data/node";
import { readPlan } from "@em-stellar/runner";
import { folderReader, workflows } from "@em-stellar/runner/node";
import { command, openingIn } from "../open-run-folder.js";
import { count } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

/** `em-stellar workflow ENGINE RUN`: a file for an engine that starts the jobs of a planned run, queues them and tries them again. */
export async function workflow(
  engine: keyof typeof workflows,
  folder: string,
  { out }: { readonly out?: string },
  terminal: Terminal,
): Promise<void> {
  const run = resolve(folder);
  const { suite, jobs, opening } = await readPlan(folderReader(run));
  const { file: name, text, start } = workflows[engine];
  const planned = { run, suite, jobs: jobs.length, command, folder: openingIn(opening, run).folder };
  const file = resolve(out ?? join(run, "workflows", name));
  await writeNew(file, text(planned));
  terminal.print(`${suite}: ${count(jobs.length, "job")} for ${engine}, in ${shown(file)}`);
  terminal.print("\nCheck it, and then run:");
  terminal.print(`  ${start(quoted(shown(file)), planned)}`);
}

/** Writes a file, but not over one that somebody has changed. Throws `InputError`. */
async function writeNew(file: string, text: string): Promise<void> {
  const earlier = await readFile(file, "utf8").catch(() => undefined);
  if (earlier !== undefined && earlier !== text) {
    throw new InputError(
      `${shown(file)} already exists with different content. Remove it, or name another file with \`out\`.`,
    );
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
