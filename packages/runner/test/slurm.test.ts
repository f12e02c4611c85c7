import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobId, PlannedRun, RunEvent, RunResult } from "@em-stellar/core";
import { quoted } from "@em-stellar/data/node";
import { slurm } from "@em-stellar/runner/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchDefaults } from "../src/node/batch/batch-options.js";
import { driveBatch } from "../src/node/batch/drive.js";
import { type BatchEngine, type BatchTask, EngineError, type Submission } from "../src/node/batch/engine.js";
import { largestArray, parseQueue, sbatchArguments, type slurmEngine, taskScript } from "../src/node/slurm.js";

// What squeue and scontrol of Slurm 22.05.8 printed on two nodes: an array of four tasks, two at a time, and a held one.
const queue = `em-slurm-a|2|PENDING|15|JobArrayTaskLimit
em-slurm-a|3|PENDING|15|JobArrayTaskLimit
em-slurm-b|0|PENDING|16|JobHeldUser
em-slurm-b|1|PENDING|16|JobHeldUser
em-slurm-a|0|RUNNING|15|None
em-slurm-a|1|RUNNING|15|None
`;
const config = `Configuration data as of 2026-11-30T22:05:10
AccountingStorageBackupHost = (null)
AccountingStorageEnforce = none
MaxArraySize            = 4
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-slurm-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = (given: Parameters<typeof slurm>[0] = {}) => slurm(given).options as Parameters<typeof slurmEngine>[0];

describe("what Slurm prints", () => {
  it("is read as tasks: who holds them is told, who only waits is not", () => {
    expect(parseQueue(queue)).toEqual([
      { name: "em-slurm-a", index: 2, id: "15_2" },
      { name: "em-slurm-a", index: 3, id: "15_3" },
      { name: "em-slurm-b", index: 0, id: "16_0", held: "JobHeldUser" },
      { name: "em-slurm-b", index: 1, id: "16_1", held: "JobHeldUser" },
      { name: "em-slurm-a", index: 0, id: "15_0" },
      { name: "em-slurm-a", index: 1, id: "15_1" },
    ]);
    expect(parseQueue("")).toEqual([]);
    const broken = "em-slurm-c|0|PENDING|1|launch failed requeued held\n"; // of a task whose node went down
    expect(parseQueue(broken)).toEqual([{ name: "em-slurm-c", index: 0, id: "1_0", isBroken: true }]);
  });

  it("is an error where it is no list of tasks, rather than an empty queue", () => {
    expect(() => parseQueue("slurm_load_jobs error\n")).toThrow(EngineError);
  });

  it("says how large an array may be", () => {
    expect(largestArray(config)).toBe(4);
    expect(largestArray("")).toBe(1001);
  });
});

describe("what Slurm is given", () => {
  it("has the suite's options and the site's flags as they are, before the script", () => {
    const given = options({
      partition: "gpu",
      time: "4:00:00",
      gpus: 1,
      cpus: 4,
      memory: "16G",
      max: 8,
      flags: ["--account=a b"],
    });
    expect(sbatchArguments({ name: "em-slurm-1", folder: "/runs/x", jobs: ["a", "b", "c"] }, given)).toEqual([
      "--parsable",
      "--job-name=em-slurm-1",
      "--array=0-2%8",
      "--output=/runs/x/logs/%a.out",
      "--open-mode=append",
      "--requeue",
      "--signal=B:USR1@120",
      "--partition=gpu",
      "--time=4:00:00",
      "--gres=gpu:1",
      "--cpus-per-task=4",
      "--mem=16G",
      "--account=a b",
      "/runs/x/task.sh",
    ]);
  });

  it("is quoted so that a shell reads it as it is", () => {
    const words = ["plain/path", "two words", "it's", "$HOME `ls` \\"];
    const said = execFileSync("bash", ["-c", `printf '%s\\n' ${words.map(quoted).join(" ")}`], { encoding: "utf8" });
    expect(said.trimEnd().split("\n")).toEqual(words);
  });

  it("is a script that does the job of its line, and is queued again after a warning only where the job is to be continued", () => {
    const place = join(folder, "two words");
    mkdirSync(place);
    const scontrol = join(folder, "scontrol");
    writeFileSync(scontrol, `#!/bin/bash\necho "$@" >> ${quoted(join(place, "requeued"))}\n`);
    chmodSync(scontrol, 0o755);
    writeFileSync(join(place, "jobs.txt"), "unet/fold-0/seed-1\nunet/fold-1/seed-1\n");
    const play = (body: string, warn: boolean, setup: string[] = []) => {
      const job = join(place, "job.sh");
      writeFileSync(job, `echo "job $1"\n${body}\n`);
      const script = join(place, "task.sh");
      writeFileSync(script, taskScript({ name: "n", folder: place, jobs: [] }, ["bash", job], options({ setup })));
      const env = {
        ...process.env,
        PATH: `${folder}:${process.env.PATH}`,
        SLURM_ARRAY_TASK_ID: "1",
        SLURM_ARRAY_JOB_ID: "15",
      };
      // The warning comes from a child of the shell, as it may at any time.
      const text = warn ? `(sleep 0.4; kill -USR1 $$) & . ${quoted(script)}` : `. ${quoted(script)}`;
      rmSync(join(place, "requeued"), { force: true });
      const { status, stdout } = spawnSync("bash", ["-c", text], { env, encoding: "utf8" });
      const requeued = existsSync(join(place, "requeued")) ? readFileSync(join(place, "requeued"), "utf8").trim() : "";
      return { status, stdout: stdout.trim(), requeued };
    };
    const stops = "trap 'kill $!; exit 75' TERM\nsleep 5 & wait";
    expect(play("exit 0", false, ["echo ready"])).toEqual({
      status: 0,
      stdout: "ready\njob unet/fold-1/seed-1",
      requeued: "",
    });
    expect(play("exit 65", false)).toMatchObject({ status: 65, requeued: "" });
    expect(play(stops, true)).toMatchObject({ status: 75, requeued: "requeue 15_1" });
    expect(play("exit 75", false)).toMatchObject({ status: 75, requeued: "" });
    expect(play("trap 'kill $!; exit 0' TERM\nsleep 5 & wait", true)).toMatchObject({ status: 0, requeued: "" });
  });

  it("refuses options that cannot be", () => {
    expect(() => slurm({ gpus: 0 })).toThrow('needs a "gpus" from 1 on, or null for none');
    expect(() => slurm({ onStop: "abandon" as "leave" })).toThrow('"leave" or "cancel" for "onStop"');
  });
});

describe("driving a queue", () => {
  const jobs = [0, 1, 2].map((fold): JobId => ({ method: "unet", fold, seed: 1 }));
  const quick = { ...batchDefaults, attempts: 2, poll: 0.01, grace: 0.05, onStop: "leave" as const };

  /** A run of three jobs, and a queue whose tasks are what `look` says each time that it is asked. */
  function made(
    look: (at: { times: number; names: readonly string[]; done: (fold: number) => void }) => readonly BatchTask[],
    largest = 10,
  ) {
    const results = new Map<number, "done" | "failed">();
    const log: string[] = [];
    let times = 0;
    const resultOf = async ({ fold, seed }: JobId): Promise<RunResult | undefined> => {
      const state = results.get(fold);
      const none = { validation: {}, pooled: {}, perImage: [], history: [], predictions: "" };
      return state && { fold, seed, state, failure: "NaN", threshold: 0.5, steps: 7, seconds: 0, ...none };
    };
    const plan: PlannedRun = {
      location: folder,
      workers: 1,
      stateOf: async ({ fold }) => results.get(fold),
      resultOf,
      isFloor: () => false,
      async *run() {},
      door: { command: () => ["node", "bin.js", "job", folder, "x"], server: ["x"], environment: () => ({}) },
    };
    const engine: BatchEngine = {
      name: "Queue",
      largestSubmission: async () => largest,
      script: (_: Submission, command) => command.join(" "),
      submit: async ({ jobs }) => `#${log.push(`submit ${jobs.map((job) => job[10]).join("")}`)}`,
      tasks: async (names) => look({ times: times++, names, done: (fold) => results.set(fold, "done") }),
      cancel: async (name, tasks) =>
        void log.push(`cancel ${tasks ? tasks.map(({ id }) => id).join("") : name.slice(0, 8)}`),
    };
    return { plan, engine, log, results };
  }
  async function play({ plan, engine }: Pick<ReturnType<typeof made>, "plan" | "engine">, given = quick) {
    const told: string[] = [];
    for await (const event of driveBatch(plan, jobs, engine, given)) told.push(lineOf(event));
    return told;
  }
  function lineOf(event: RunEvent): string {
    if (event.type === "job-finished") return `finished ${event.job.fold}`;
    if (event.type === "job-failed") return `failed ${event.job.fold}: ${event.message}`;
    return event.type === "jobs-submitted" ? `submitted ${event.jobs}` : event.type;
  }
  const queued = (name: string, ...indices: number[]) => indices.map((index) => ({ name, index, id: `1_${index}` }));

  it("submits what is missing once, in parts that the engine takes, and tells what is done", async () => {
    const run = made(({ times, names, done }) => {
      if (times === 3) for (const fold of [0, 1, 2]) done(fold);
      return times < 3 ? names.flatMap((name, i) => queued(name, ...(i === 0 ? [0, 1] : [0]))) : [];
    }, 2);
    expect(await play(run)).toEqual(["submitted 2", "submitted 1", "finished 0", "finished 1", "finished 2"]);
    expect(run.log).toHaveLength(2);
    expect(
      run.log
        .join()
        .replace(/submit /g, "")
        .replace(",", ""),
    ).toHaveLength(3);
  });

  it("submits a job again whose task has gone without a result, and gives up in the end", async () => {
    const run = made(({ times, done }) => {
      if (times === 1) for (const fold of [0, 1]) done(fold);
      return [];
    });
    const told = await play(run);
    expect(told.slice(0, 4)).toEqual(["submitted 3", "finished 0", "finished 1", "submitted 1"]);
    expect(told[4]).toMatch(/^failed 2: its task ended 2 times without a result\. The logs are in .*submissions\./);
  });

  it("waits where the queue does not answer, and believes the files of the run", async () => {
    const run = made(({ times, names, done }) => {
      if (times < 2) return names.flatMap((name) => queued(name, 0, 1, 2));
      if (times === 5) for (const fold of [0, 1, 2]) done(fold);
      throw new EngineError("no answer", false);
    });
    expect(await play(run)).toEqual(["submitted 3", "warning", "finished 0", "finished 1", "finished 2"]);
  });

  it("finds the tasks of a start before it by their names", async () => {
    const run = made(({ names }) => names.flatMap((name) => queued(name, 0, 1, 2)));
    const first = driveBatch(run.plan, jobs, run.engine, quick);
    expect((await first.next()).value).toMatchObject({ type: "jobs-submitted", jobs: 3 });
    // The process is killed here: nothing of it runs any more.
    const again = made(({ times, names, done }) => {
      if (times === 2) for (const fold of [0, 1, 2]) done(fold);
      return times < 2 ? names.flatMap((name) => queued(name, 0, 1, 2)) : [];
    });
    expect(await play(again)).toEqual(["finished 0", "finished 1", "finished 2"]);
    expect(again.log).toEqual([]);
    const [name = ""] = readdirSync(join(folder, "submissions"));
    expect(readFileSync(join(folder, "submissions", name, "jobs.txt"), "utf8")).toBe(
      "unet/fold-0/seed-1\nunet/fold-1/seed-1\nunet/fold-2/seed-1\n",
    );
  });

  it("cancels a held task and tells it, and a failed job with its own reason", async () => {
    const run = made(({ times, names, done }) => {
      if (times !== 1) return [];
      done(0);
      run.results.set(1, "failed");
      return names.flatMap((name) => queued(name, 2).map((task) => ({ ...task, held: "JobHeldUser" })));
    });
    const told = await play(run);
    expect(run.log).toEqual(["submit 012", "cancel 1_2"]);
    expect(told).toEqual([
      "submitted 3",
      "failed 2: Queue holds its task 1_2 (JobHeldUser), which was cancelled. Release what holds it, and run the suite again.",
      "finished 0",
      "failed 1: NaN",
    ]);
  });

  it("cancels a task that a machine failed to start, and submits its job again", async () => {
    const run = made(({ times, names, done }) => {
      if (times === 0) return [];
      if (times === 1) return names.flatMap((name) => queued(name, 2).map((task) => ({ ...task, isBroken: true })));
      for (const fold of run.log.length < 3 ? [0, 1] : [2]) done(fold);
      return [];
    });
    const told = await play(run);
    expect(run.log).toEqual(["submit 012", "cancel 1_2", "submit 2"]);
    expect(told).toEqual(["submitted 3", "finished 0", "finished 1", "submitted 1", "finished 2"]);
  });

  it("leaves its tasks when nobody listens any more, or cancels them as asked", async () => {
    for (const [onStop, last] of [
      ["leave", "submit 012"],
      ["cancel", "cancel em-queue"],
    ] as const) {
      rmSync(join(folder, "submissions"), { recursive: true, force: true });
      const run = made(({ names }) => names.flatMap((name) => queued(name, 0, 1, 2)));
      const drive = driveBatch(run.plan, jobs, run.engine, { ...quick, onStop });
      await drive.next();
      await drive.return(undefined);
      expect(run.log.at(-1)).toBe(last);
    }
  });
});
