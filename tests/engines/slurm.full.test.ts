import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { commonTrials, long } from "./common-trials.js";
import { continued, runsIn } from "./runs.js";
import { type SlurmCluster, startSlurm, whyNoSlurm } from "./slurm-cluster.js";
import { dead, goOn, halted, isAsked, suite } from "./trials.js";
import { until } from "./until.js";

const missing = whyNoSlurm();
if (missing) console.log(`Tests of Slurm are skipped: ${missing}.`);

describe.skipIf(missing)("executor slurm", () => {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-slurm-"));
  let cluster: SlurmCluster;
  beforeAll(async () => {
    cluster = await startSlurm(join(folder, "slurm"));
  });
  beforeEach(async () => {
    await cluster.resume();
    await until("nothing is left of the trial before", () => tasks().length === 0, 150, cluster.state);
  });
  afterEach(() => {
    runs.abandon();
    cluster.cancelAll();
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const runs = runsIn(folder, "slurm", () => cluster.environment);
  const { out, written, run, runHeld, submissions, log } = runs;
  /** `10_0` of each task in the queue. */
  const tasks = (...which: string[]) =>
    cluster
      .ask("squeue", "--noheader", "--array", "--format=%F_%K", ...which)
      .split("\n")
      .filter(Boolean);
  const held = (name: string, jobs: number) => halted(out(name), jobs, cluster.state);
  const startNow = (task: string) => {
    try {
      cluster.ask("scontrol", "update", `JobId=${task}`, "StartTime=now");
    } catch {
      // it has started meanwhile, or is still there at the next look
    }
  };
  /**
   * Waits until Slurm has queued so many tasks again, and has started them: at once, where by itself it waits for two minutes, and
   * on any node but the one that the trial has struck.
   */
  const startedAgain = async (count: number, struck?: string) => {
    const waiting = () => tasks("--states=PENDING");
    await until("tasks are queued again", () => waiting().length === count, 60);
    const isStarted = () => {
      const left = waiting();
      cluster.undrain(struck);
      // Again and again: a task that Slurm is still ending is given its two minutes when that is over.
      for (const task of left) startNow(task);
      return left.length === 0;
    };
    await until("tasks are started again", isStarted, 150, cluster.state);
  };
  /** The node that has the most tasks, and how many. */
  const busiest = (): [node: string, tasks: number] => {
    const nodes = cluster.ask("squeue", "--noheader", "--array", "--states=RUNNING", "--format=%N").trim().split("\n");
    const counted = ["n1", "n2"].map((node): [string, number] => [node, nodes.filter((each) => each === node).length]);
    return counted.sort(([, a], [, b]) => b - a)[0] as [string, number]; // there are two
  };

  const { endsAsAlone } = commonTrials(runs, { six: [2, 4] }); // MaxArraySize is 4
  it("trainings end, and the run with them, while the controller is dead", async () => {
    const driver = runHeld(written("controller", long), "controller");
    const trainings = await held("controller", 2);
    await cluster.killController();
    goOn(out("controller"), trainings);
    try {
      await endsAsAlone(driver, "controller");
      expect(driver.said()).toContain("! Slurm does not answer (squeue failed: ");
    } finally {
      await cluster.startController();
    }
  });

  it("a held task is cancelled and told apart from a failed one", async () => {
    const driver = run(written("held", suite(1, 40), { flags: ["--hold"] }), "held");
    expect(await driver.end(60)).toBe(1);
    const [, array] =
      /unet-bn\/fold-0\/seed-1 failed .*Slurm holds its task (\d+)_0 \(JobHeldUser\), which was cancelled/.exec(
        driver.said(),
      ) ?? [];
    expect(array, driver.said()).toBeDefined();
    await until("nothing of it is queued", () => !tasks().some((task) => task.startsWith(`${array}_`)), 60);
  });

  it("what sbatch refuses ends the run with its words", async () => {
    const driver = run(written("refused", suite(1, 40), { partition: "none-such" }), "refused");
    expect(await driver.end(60)).toBe(1);
    expect(driver.said()).toContain("sbatch failed: sbatch: error: invalid partition specified: none-such");
    expect(submissions("refused")).toEqual([]);
  });

  it("tasks of a node that goes down are queued again by Slurm, and go on on another one", async () => {
    const driver = runHeld(written("down", long), "down");
    const trainings = await held("down", 2);
    const [node, tasks] = busiest();
    cluster.takeDown(node);
    try {
      await startedAgain(tasks, node);
      await dead(trainings, tasks); // the controller does not wait for it: one that went on could still finish first
      goOn(out("down"), trainings);
      await endsAsAlone(driver, "down");
    } finally {
      await cluster.resume();
    }
    expect(log("down")).toMatch(continued);
  });

  it("tasks that go on where Slurm cannot see them, and run a second time elsewhere, count once", async () => {
    const driver = runHeld(written("split", long), "split");
    const trainings = await held("split", 2); // so that both attempts of a job are at work in the end
    const [node, tasks] = busiest();
    await cluster.killNode(node);
    try {
      await startedAgain(tasks, node);
      goOn(out("split"), await held("split", trainings.length + tasks)); // jobs run twice
      await endsAsAlone(driver, "split");
    } finally {
      await cluster.startNode(node);
    }
  });

  it("tasks of a controller that lost its records are submitted again", async () => {
    const driver = runHeld(written("lost", long), "lost");
    const trainings = await held("lost", 2);
    await cluster.killController();
    cluster.loseRecords();
    await cluster.startController();
    await until("tasks are submitted again", () => submissions("lost").flat().length === 4, 60);
    await dead(trainings, 2);
    goOn(out("lost"), trainings);
    await endsAsAlone(driver, "lost");
    expect(submissions("lost").flat()).toHaveLength(4);
    expect(log("lost")).toMatch(continued);
  });

  it("warned of its time limit a training is saved, queued again and continued", async () => {
    const driver = runHeld(written("warned", long, { time: "30:00" }), "warned");
    const trainings = await held("warned", 2);
    for (const task of tasks("--states=RUNNING")) cluster.ask("scancel", "--signal=USR1", "--batch", task);
    await until("the trainings are warned", () => trainings.every((id) => isAsked(id, "SIGTERM")), 60);
    goOn(out("warned"), trainings);
    await startedAgain(2);
    await endsAsAlone(driver, "warned");
    expect(log("warned")).toMatch(continued);
  });

  it("trainings that reach their time limit are warned by Slurm itself, saved, queued again and continued", async () => {
    const driver = runHeld(written("limit", long, { time: "1", warning: 10 }), "limit");
    const slow = await held("limit", 2); // they would be done long before: a minute is the shortest limit
    await until("the trainings are warned", () => slow.every((id) => isAsked(id, "SIGTERM")), 120);
    goOn(out("limit"), slow);
    await startedAgain(2);
    await endsAsAlone(driver, "limit");
    expect(log("limit")).toMatch(continued);
  });
});
