import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SlurmCluster, startSlurm, whyNoSlurm } from "./slurm-cluster.js";
import { findings, leftovers, start, suite, trainingsOf, validated } from "./trials.js";
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
  const tasks = () => cluster.ask("squeue", "--noheader", "--array", "--format=%F_%K").split("\n").filter(Boolean);

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

  it("warned of its time limit a training is saved, queued again and continued", async () => {
    const driver = run(written("limit", long, { time: "30:00" }), "limit");
    const log = () => {
      const place = join(out("limit"), "submissions");
      const logs = readdirSync(place, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".out"));
      return logs.map((path) => readFileSync(join(place, path), "utf8")).join("");
    };
    await validated(out("limit"), 2);
    for (const task of tasks()) cluster.ask("scancel", "--signal=USR1", "--batch", task);
    await until(
      "tasks are queued again",
      () =>
        cluster.ask("squeue", "--noheader", "--array", "--states=PENDING", "--format=%K").trim().split("\n").length ===
        2,
      30,
    );
    for (const task of tasks()) cluster.ask("scontrol", "update", `JobId=${task}`, "StartTime=now");
    await endsAsAlone(driver, "limit");
    expect(log()).toMatch(/continues at step \d+ of 160 steps/);
  });
});
