import { join } from "node:path";
import { checks, defineExecutor, numberWithin } from "@em-stellar/core";
import { quoted } from "@em-stellar/data/node";
import { type BatchOptions, batchChecks, batchDefaults } from "./batch/batch-options.js";
import { driveBatch } from "./batch/drive.js";
import { type BatchEngine, type BatchTask, EngineError, type Submission, type TaskCommand } from "./batch/engine.js";
import { runProgram } from "./batch/run-program.js";
import { taskScriptStart } from "./batch/task-script.js";

export interface HyperQueueOptions extends BatchOptions {
  /** GPUs of a task, or a part of one, which several tasks then share: 0.5; `null`: none is requested. */
  gpus: number | null;
}

/** Runs trainings as tasks of HyperQueue, which gives them to workers that its user has started on any machines. */
export const hyperqueue = defineExecutor({
  id: "hyperqueue",
  summary: "Each training a task of HyperQueue",
  defaults: { gpus: null, ...batchDefaults },
  elsewhere: true,
  check: checks(batchChecks, numberWithin("gpus", { above: 0, orNull: "none" })),
  run: (plan, jobs, options: HyperQueueOptions) => driveBatch(plan, jobs, hyperqueueEngine(options), options),
});

/** States of tasks that have not ended. */
const unfinished = "--filter=waiting,running";

/** The program of HyperQueue: hq. */
export function hyperqueueEngine(options: HyperQueueOptions): BatchEngine {
  return {
    name: "HyperQueue",
    largestSubmission: async () => Number.POSITIVE_INFINITY,
    script: (submission, command) => taskScript(submission, command, options),
    submit: async (submission) => (await hq("quiet", submitArguments(submission, options))).trim(),
    async tasks(names) {
      const jobs = await jobsNamed(names);
      if (jobs.size === 0) return [];
      return parseTasks(await hq("json", ["job", "task-ids", [...jobs.keys()].join(","), unfinished]), jobs);
    },
    // HyperQueue cancels whole arrays only, and nothing of it is ever held.
    async cancel(name) {
      const jobs = await jobsNamed([name]);
      if (jobs.size > 0) await hq("quiet", ["job", "cancel", [...jobs.keys()].join(",")]);
    },
  };
}

/** The jobs that have not ended, among those of these names: what HyperQueue calls them, and their names. */
async function jobsNamed(names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const jobs = parseJobs(await hq("json", ["job", "list", unfinished]));
  return new Map([...jobs].filter(([, name]) => names.includes(name)));
}

function hq(output: "json" | "quiet", args: readonly string[]): Promise<string> {
  return runProgram("hq", [`--output-mode=${output}`, ...args]);
}

/** Names of jobs by what HyperQueue calls them, from `hq job list`. Throws {@link EngineError} for what is no list of jobs. */
export function parseJobs(text: string): Map<string, string> {
  const jobs = parsed(text);
  if (!Array.isArray(jobs)) throw notUnderstood(text);
  return new Map(
    jobs.map((job: unknown) => {
      const isJob = typeof job === "object" && job !== null && "id" in job && "name" in job;
      if (!isJob || typeof job.id !== "number" || typeof job.name !== "string") throw notUnderstood(text);
      return [String(job.id), job.name];
    }),
  );
}

/** Tasks as `hq job task-ids` prints them. Throws {@link EngineError} for what is no list of tasks. */
export function parseTasks(text: string, jobs: ReadonlyMap<string, string>): BatchTask[] {
  const found = parsed(text);
  if (typeof found !== "object" || found === null || "error" in found) throw notUnderstood(text);
  return Object.entries(found).flatMap(([job, tasks]: [string, unknown]) => {
    const name = jobs.get(job);
    if (name === undefined || !Array.isArray(tasks)) throw notUnderstood(text);
    return tasks.map((task: unknown) => ({ name, index: Number(task), id: `${job}@${task}` }));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notUnderstood(text: string): EngineError {
  return new EngineError(`hq printed "${text.trim().slice(0, 200)}", which is not a list.`, false);
}

/** Arguments of `hq` that submit. */
export function submitArguments(submission: Submission, { cpus, gpus, flags }: HyperQueueOptions): string[] {
  return [
    "submit",
    `--name=${submission.name}`,
    `--array=0-${submission.jobs.length - 1}`,
    "--stdout=none", // the script has logs of its own: HyperQueue would empty them where it starts a task again
    "--stderr=none",
    ...(cpus === null ? [] : [`--cpus=${cpus}`]),
    ...(gpus === null ? [] : [`--resource=gpus/nvidia=${gpus}`]),
    ...flags,
    "--",
    join(submission.folder, "task.sh"),
  ];
}

/** What a task does. */
export function taskScript(submission: Submission, command: TaskCommand, { setup }: HyperQueueOptions): string {
  return `${taskScriptStart(submission, "HQ_TASK_ID", setup)}
exec >> ${quoted(join(submission.folder, "logs"))}/$HQ_TASK_ID.out 2>&1
exec ${command.map(quoted).join(" ")} "$job"
`;
}
