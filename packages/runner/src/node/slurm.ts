import { join } from "node:path";
import { checks, defineExecutor, numberWithin, textOrNull, wholeNumber } from "@em-stellar/core";
import { quoted } from "@em-stellar/data/node";
import { type BatchOptions, batchChecks, batchDefaults } from "./batch/batch-options.js";
import { driveBatch } from "./batch/drive.js";
import { type BatchEngine, type BatchTask, EngineError, type Submission, type TaskCommand } from "./batch/engine.js";
import { runProgram } from "./batch/run-program.js";
import { taskScriptStart } from "./batch/task-script.js";

export interface SlurmOptions extends BatchOptions {
  /** Partition; `null`: the cluster's default. */
  partition: string | null;
  /** Time limit of a task, as `sbatch --time` takes it: "4:00:00". A training that needs longer continues in another task. */
  time: string | null;
  /** GPUs of a task; `null`: none is requested. */
  gpus: number | null;
  /** Memory of a task, as `sbatch --mem` takes it: "16G". */
  memory: string | null;
  /** Tasks at a time, at most. */
  max: number | null;
  /** Seconds before the time limit at which a training is saved and its task queued again. */
  warning: number;
}

/** Runs trainings as tasks of job arrays of Slurm, which starts them, queues them and knows the machines. */
export const slurm = defineExecutor({
  id: "slurm",
  summary: "Each training a task of a job array of Slurm",
  defaults: {
    partition: null,
    time: null,
    gpus: null,
    memory: null,
    max: null,
    warning: 120,
    ...batchDefaults,
  },
  elsewhere: true,
  check: checks(
    batchChecks,
    numberWithin("gpus", { from: 1, orNull: "none" }),
    numberWithin("max", { from: 1, orNull: "no limit" }),
    wholeNumber("warning", { min: 10, max: 65535 }),
    textOrNull("partition", "the cluster's default"),
    textOrNull("time", "the partition's default"),
    textOrNull("memory", "the cluster's default"),
  ),
  run: (plan, jobs, options: SlurmOptions) => driveBatch(plan, jobs, slurmEngine(options), options),
});

/** The programs of Slurm: sbatch, squeue, scancel, scontrol. */
export function slurmEngine(options: SlurmOptions): BatchEngine {
  return {
    name: "Slurm",
    largestSubmission: async () => largestArray(await runProgram("scontrol", ["show", "config"])),
    script: (submission, command) => taskScript(submission, command, options),
    submit: async (submission) => (await runProgram("sbatch", sbatchArguments(submission, options))).trim(),
    async tasks(names) {
      if (names.length === 0) return [];
      const format = "--format=%j|%K|%T|%F|%r";
      return parseQueue(await runProgram("squeue", ["--noheader", "--array", `--name=${names.join(",")}`, format]));
    },
    async cancel(name, tasks) {
      await runProgram("scancel", tasks ? tasks.map(({ id }) => id) : [`--name=${name}`]);
    },
  };
}

/** Reasons for which a task that is pending will not start by itself. */
const hopeless = /held|hold|DependencyNeverSatisfied|BadConstraints|InvalidAccount|InvalidQOS|PartitionTimeLimit/i;

/** The reason where a node failed to start a task: nobody holds it on purpose. */
const unstarted = /launch.failed/i;

/** Tasks as `squeue` prints them. Throws {@link EngineError} for a line that it cannot understand. */
export function parseQueue(text: string): BatchTask[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, name, index, state, array, reason = ""] = /^([^|]*)\|(\d+)\|(\w+)\|(\d+)\|(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new EngineError(`squeue printed "${line}", which is not a task of an array.`, false);
    const task = { name, index: Number(index), id: `${array}_${index}` };
    if (state !== "PENDING") return task;
    if (unstarted.test(reason)) return { ...task, isBroken: true };
    return hopeless.test(reason) ? { ...task, held: reason } : task;
  });
}

/** Tasks of an array, at most, from what `scontrol show config` prints. */
export function largestArray(config: string): number {
  const [, size] = /^MaxArraySize\s*=\s*(\d+)/m.exec(config) ?? [];
  return Math.max(1, Number(size ?? 1001)); // 1001 is Slurm's own default
}

/** Arguments of `sbatch`. */
export function sbatchArguments(submission: Submission, options: SlurmOptions): string[] {
  const { partition, time, gpus, cpus, memory, max, warning, flags } = options;
  const limit = max === null ? "" : `%${max}`;
  return [
    "--parsable",
    `--job-name=${submission.name}`,
    `--array=0-${submission.jobs.length - 1}${limit}`,
    `--output=${join(submission.folder, "logs", "%a.out")}`,
    "--open-mode=append",
    "--requeue",
    `--signal=B:USR1@${warning}`,
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(time === null ? [] : [`--time=${time}`]),
    ...(gpus === null ? [] : [`--gres=gpu:${gpus}`]),
    ...(cpus === null ? [] : [`--cpus-per-task=${cpus}`]),
    ...(memory === null ? [] : [`--mem=${memory}`]),
    ...flags,
    join(submission.folder, "task.sh"),
  ];
}

/** What a task does. */
export function taskScript(submission: Submission, command: TaskCommand, { setup }: SlurmOptions): string {
  return `${taskScriptStart(submission, "SLURM_ARRAY_TASK_ID", setup)}
${slurmTask(`${command.map(quoted).join(" ")} "$job"`)}
# 75: to be continued. A task that Slurm queues again keeps its place in the array.
if [ -n "$warned" ] && [ "$status" = 75 ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
fi
exit "$status"
`;
}

/** Lines of bash that do a job and leave its exit status in `$status`; `$warned` is not empty where its time limit came near. */
export function slurmTask(command: string): string {
  return `warned=
${command} &
task=$!
trap 'warned=yes; kill -TERM "$task"' USR1 # the time limit is near: the training is saved
trap 'kill -TERM "$task"' TERM
while kill -0 "$task" 2>/dev/null; do wait "$task"; done
wait "$task"
status=$?
`;
}
