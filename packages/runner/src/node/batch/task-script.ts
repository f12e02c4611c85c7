import { join } from "node:path";
import { quoted } from "@em-stellar/data/node";
import type { Submission } from "./engine.js";

/** What the script of a task starts with: `setup`, and `$job` from its line of `jobs.txt`. `index` is the variable with the task's number, from 0 on. */
export function taskScriptStart({ name, folder }: Submission, index: string, setup: readonly string[]): string {
  return `#!/bin/bash
# A task of ${name}: does the job in its line of jobs.txt.
${setup.map((line) => `${line}\n`).join("")}job=$(sed -n "$((${index} + 1))p" ${quoted(join(folder, "jobs.txt"))})
if [ -z "$job" ]; then echo "There is no job for task $${index}." >&2; exit 65; fi
`;
}
