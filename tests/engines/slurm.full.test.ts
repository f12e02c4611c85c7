import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SlurmCluster, startSlurm, whyNoSlurm } from "./slurm-cluster.js";
import { findings, isAsked, leftovers, start, suite, trainingsOf, validated } from "./trials.js";
import { until } from "./until.js";

const missing = whyNoSlurm();
if (missing) console.log(`Tests of Slurm are skipped: ${missing}.`);

describe.skipIf(missing)("executor slurm", () => {
  let folder: string;
  let cluster: SlurmCluster;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "em-stellar-slurm-"));
    cluster = await startSlurm(join(folder, "slurm"));
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const quick = { poll: 0.5, grace: 2 };
  /** Writes a suite that runs on Slurm; its file. */
  function written(name: string, what: object, options: object = {}): string {
    const file = `${name}.json`;
    const executor = { id: "slurm", options: { ...quick, ...options } };
    writeFileSync(join(folder, file), JSON.stringify({ ...what, executor }));
    return file;
  }
  const out = (name: string) => join(folder, name);
  const run = (file: string, name: string) => start(folder, cluster.environment, "run", file, "--out", name);
  const submissions = (name: string) =>
    readdirSync(join(out(name), "submissions")).map((each) =>
      readFileSync(join(out(name), "submissions", each, "jobs.txt"), "utf8")
        .trimEnd()
        .split("\n"),
    );
  /** `10_0` of each task in the queue. */
  const tasks = (...which: string[]) =>
    cluster
      .ask("squeue", "--noheader", "--array", "--format=%F_%K", ...which)
      .split("\n")
      .filter(Boolean);
  /** Waits until Slurm has queued so many tasks again, and starts them at once: by itself it waits for two minutes. */
  const queuedAgain = async (count: number) => {
    const waiting = () => tasks("--states=PENDING");
    await until("tasks are queued again", () => waiting().length === count, 60);
    for (const task of waiting()) cluster.ask("scontrol", "update", `JobId=${task}`, "StartTime=now");
  };
  /** The node that has the most tasks, and how many. */
  const busiest = (): [node: string, tasks: number] => {
    const nodes = cluster.ask("squeue", "--noheader", "--array", "--states=RUNNING", "--format=%N").trim().split("\n");
    const counted = ["n1", "n2"].map((node): [string, number] => [node, nodes.filter((each) => each === node).length]);
    return counted.sort(([, a], [, b]) => b - a)[0] as [string, number]; // there are two
  };
  /** What the tasks of a run printed. */
  const log = (name: string) => {
    const place = join(out(name), "submissions");
    const logs = readdirSync(place, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".out"));
    return logs.map((path) => readFileSync(join(place, path), "utf8")).join("");
  };
  const continued = /continues at step \d+ of 160 steps/;

  /** The findings of a suite on this machine alone. */
  async function alone(what: object, name: string) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(what));
    const driver = start(folder, {}, "run", `${name}.json`, "--out", name, "--executor", "in-process");
    expect(await driver.end(120), driver.said()).toBe(0);
    return findings(out(name));
  }
  const short = suite(3, 40);
  const long = suite(1, 160);
  let expected: ReturnType<typeof findings>;
  beforeAll(async () => {
    expected = await alone(long, "long-alone");
  });

  /** The driver ends well, with the results of one machine, each training counted once. */
  async function endsAsAlone(driver: ReturnType<typeof run>, name: string) {
    expect(await driver.end(150), driver.said()).toBe(0);
    expect(findings(out(name))).toEqual(expected);
    await until("no attempt is at work", () => trainingsOf(out(name)).length === 0, 60);
    expect(leftovers(out(name))).toEqual([]);
  }

  it("six trainings in arrays of four at most end with the results of one machine", async () => {
    const driver = run(written("six", short), "six");
    expect(await driver.end(120), driver.said()).toBe(0);
    expect(
      submissions("six")
        .map((jobs) => jobs.length)
        .sort(),
    ).toEqual([2, 4]);
    expect(findings(out("six"))).toEqual(await alone(short, "six-alone"));
    expect(leftovers(out("six"))).toEqual([]);
  });

  it("a task that is killed is submitted again and goes on from its last validation", async () => {
    const driver = run(written("killed", long), "killed");
    await validated(out("killed"), 2);
    const [victim] = trainingsOf(out("killed"));
    process.kill(victim as number, "SIGKILL");
    await endsAsAlone(driver, "killed");
    expect(
      submissions("killed")
        .map((jobs) => jobs.length)
        .sort(),
    ).toEqual([1, 2]);
  });

  it("a driver that is killed and started again finds its tasks, and submits none twice", async () => {
    const file = written("driver", long);
    const first = run(file, "driver");
    await validated(out("driver"), 1);
    first.child.kill("SIGKILL");
    await endsAsAlone(run(file, "driver"), "driver");
    expect(submissions("driver")).toHaveLength(1);
  });

  it("trainings end, and the run with them, while the controller is dead", async () => {
    const driver = run(written("controller", long), "controller");
    await validated(out("controller"), 2);
    await cluster.killController();
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
    expect(driver.said()).toMatch(
      /unet-bn\/fold-0\/seed-1 failed .*Slurm holds its task \d+_0 \(JobHeldUser\), which was cancelled/,
    );
    await until("nothing is queued", () => tasks().length === 0, 20);
  });

  it("what sbatch refuses ends the run with its words", async () => {
    const driver = run(written("refused", suite(1, 40), { partition: "none-such" }), "refused");
    expect(await driver.end(60)).toBe(1);
    expect(driver.said()).toContain("sbatch failed: sbatch: error: invalid partition specified: none-such");
    expect(submissions("refused")).toEqual([]);
  });

  it("a job that is done twice at the same time counts once", async () => {
    const driver = run(written("twice", long), "twice");
    await validated(out("twice"), 1);
    const second = start(folder, {}, "job", out("twice"), "unet-bn/fold-0/seed-1");
    expect(await driver.end(150), driver.said()).toBe(0);
    expect(await second.end(60)).toBe(0);
    expect(leftovers(out("twice"))).toEqual([]);
    expect(findings(out("twice"))).toEqual(expected);
  });

  it("tasks of a node that goes down are queued again by Slurm, and go on on another one", async () => {
    const driver = run(written("down", long), "down");
    await validated(out("down"), 2);
    const [node, tasks] = busiest();
    cluster.takeDown(node);
    try {
      await queuedAgain(tasks);
      await endsAsAlone(driver, "down");
    } finally {
      await cluster.resume(node);
    }
    expect(log("down")).toMatch(continued);
  });

  it("tasks that go on where Slurm cannot see them, and run a second time elsewhere, count once", async () => {
    const driver = run(written("split", long), "split");
    await validated(out("split"), 2);
    const trainings = trainingsOf(out("split"));
    for (const id of trainings) process.kill(id, "SIGSTOP"); // so that both attempts of a job are at work in the end
    const [node, tasks] = busiest();
    await cluster.killNode(node);
    try {
      await queuedAgain(tasks);
      await until("jobs run twice", () => trainingsOf(out("split")).length === trainings.length + tasks, 60);
      for (const id of trainings) process.kill(id, "SIGCONT");
      await endsAsAlone(driver, "split");
    } finally {
      await cluster.startNode(node);
    }
  });

  it("tasks of a controller that lost its records are submitted again", async () => {
    const driver = run(written("lost", long), "lost");
    await validated(out("lost"), 2);
    await cluster.killController();
    cluster.loseRecords();
    await cluster.startController();
    await endsAsAlone(driver, "lost");
    expect(submissions("lost").flat()).toHaveLength(4);
    expect(log("lost")).toMatch(continued);
  });

  it("warned of its time limit a training is saved, queued again and continued", async () => {
    const driver = run(written("warned", long, { time: "30:00" }), "warned");
    await validated(out("warned"), 2);
    for (const task of tasks()) cluster.ask("scancel", "--signal=USR1", "--batch", task);
    await queuedAgain(2);
    await endsAsAlone(driver, "warned");
    expect(log("warned")).toMatch(continued);
  });

  it("trainings that reach their time limit are warned by Slurm itself, saved, queued again and continued", async () => {
    const driver = run(written("limit", long, { time: "1", warning: 10 }), "limit");
    await validated(out("limit"), 2);
    const slow = trainingsOf(out("limit"));
    for (const id of slow) process.kill(id, "SIGSTOP"); // they would be done long before: a minute is the shortest limit
    await until("the trainings are warned", () => slow.every((id) => isAsked(id, "SIGTERM")), 120);
    for (const id of slow) process.kill(id, "SIGCONT");
    await queuedAgain(2);
    await endsAsAlone(driver, "limit");
    expect(log("limit")).toMatch(continued);
  });
});
