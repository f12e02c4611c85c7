import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { jobExitStatus } from "@em-stellar/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCommand } from "./start-command.js";

const suite = {
  name: "twice",
  data: { id: "phantom", options: { size: 64, trainImages: 4, testImages: 1, groups: 2 } },
  networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 1 } }],
  loss: "binary-cross-entropy",
  optimizer: "adam",
  metrics: ["jaccard"],
  folds: 2,
  training: { patch: 32, batchSize: 2, steps: 20, validateEvery: 10 },
  backend: "wasm",
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-twice-"));
  writeFileSync(join(folder, "suite.json"), JSON.stringify(suite));
});
afterAll(() => rmSync(folder, { recursive: true }));

const play = (...args: string[]) => startCommand(folder, args).ended;

it("of two starts at once in one folder, ten times, one works and one says why not", async () => {
  for (let round = 0; round < 10; round++) {
    const out = `out-${round}`;
    const both = await Promise.all([1, 2].map(() => play("run", "suite.json", "--workers", "2", "--out", out)));
    const [refused, ...others] = both.filter(({ code }) => code !== 0);
    expect(others).toEqual([]);
    expect(refused?.said).toMatch(
      /out-\d is in use: process \d+ has been using it since .*choose another output folder\./,
    );
    expect(existsSync(join(folder, out, "results.json"))).toBe(true);
    expect(existsSync(join(folder, out, "writer.lock"))).toBe(false);
  }
});

it("a start with --fresh removes nothing of a run that is at work, which ends as if alone", async () => {
  const out = join(folder, "fresh");
  const first = play("run", "suite.json", "--workers", "2", "--out", "fresh");
  for (const deadline = Date.now() + 60_000; !existsSync(join(out, "jobs", "unet-bn")); await wait(20)) {
    if (Date.now() > deadline) throw new Error(`No job in ${out} after a minute.`);
  }
  const before = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
  const second = await play("run", "suite.json", "--workers", "2", "--out", "fresh", "--fresh");
  expect([second.code, second.said]).toEqual([
    1,
    expect.stringMatching(/fresh is in use: process \d+ has been using it since .*choose another output folder\./),
  ]);
  for (const path of before) expect(existsSync(join(out, path)), path).toBe(true);
  expect((await first).code).toBe(0);
  expect(existsSync(join(out, "results.json"))).toBe(true);
  const third = await play("run", "suite.json", "--workers", "2", "--out", "fresh", "--fresh");
  expect([third.code, third.said]).toEqual([0, expect.stringContaining("unet-bn")]);
}, 600_000);

describe("em-stellar job", () => {
  it("does one job from the run folder alone, and its exit status says how it went", async () => {
    await play("run", "suite.json", "--executor", "in-process", "--out", "jobs");
    const job = join(folder, "jobs", "jobs", "unet-bn", "fold-1", "seed-1");
    const again = async () => (await play("job", join(folder, "jobs"), "unet-bn/fold-1/seed-1")).code;
    expect(await again()).toBe(jobExitStatus.done);
    rmSync(job, { recursive: true });
    expect(await again()).toBe(jobExitStatus.done);
    expect(readFileSync(join(job, "events.jsonl"), "utf8")).toContain('"type":"job-finished"');
    const wrong = await play("job", join(folder, "jobs"), "unet/fold-1/seed-1");
    expect(wrong.code).toBe(jobExitStatus.never);
    expect(wrong.said).toContain('has no job "unet/fold-1/seed-1". It has: constant/fold-0/seed-1');
    writeFileSync(join(folder, "suite.json"), JSON.stringify({ ...suite, folds: 3 }));
    expect(await again()).toBe(jobExitStatus.never);
    writeFileSync(join(folder, "suite.json"), JSON.stringify(suite));
  });
});

describe("em-stellar job beside others", () => {
  const name = "unet-bn/fold-1/seed-1";
  const long = { ...suite, name: "beside", training: { ...suite.training, steps: 1500, validateEvery: 500 } };

  /** Plans the long suite and starts one of its jobs; `lock` is that of its attempt. */
  async function started(out: string) {
    writeFileSync(join(folder, "beside.json"), JSON.stringify(long));
    expect((await play("plan", "beside.json", "--out", out)).code).toBe(0);
    const job = startCommand(folder, ["job", out, name]);
    const attempts = join(folder, out, "jobs", name, "attempts");
    const lockIn = () =>
      (existsSync(attempts) ? readdirSync(attempts) : []).map((id) => join(attempts, id, "writer.lock"));
    const deadline = Date.now() + 60_000;
    while (!lockIn().some((path) => existsSync(path))) {
      if (Date.now() > deadline) throw new Error(`No lock in ${attempts} after a minute.`);
      await wait(20);
    }
    return { job, attempts, lock: lockIn()[0] as string }; // some exists
  }

  it("of two starts of one job the first that finishes counts; a run beside them leaves them what they write", async () => {
    const { job: first, attempts, lock } = await started("beside");
    writeFileSync(join(lock, "../half.writing"), "what the job is about to rename");
    const fresh = await play("run", "beside.json", "--fresh", "--out", "beside");
    expect(fresh.said).toMatch(/seed-1\/attempts\/[\w-]+ is in use: process \d+ has been using it/);
    expect(existsSync(join(lock, "../half.writing"))).toBe(true);
    const second = await play("job", "beside", name);
    expect([second.code, (await first.ended).code]).toEqual([jobExitStatus.done, jobExitStatus.done]);
    expect(existsSync(attempts)).toBe(false);
    expect((await play("run", "beside.json", "--out", "beside")).code).toBe(0);
    const again = await play("run", "beside.json", "--out", "beside");
    expect(again.said).toMatch(/: (\d+) jobs, \1 of them already finished/);
  });

  it("that is stopped says that it can be tried again, and gives back its lock", async () => {
    const { job, lock } = await started("stopped");
    job.child.kill("SIGTERM");
    expect((await job.ended).code).toBe(jobExitStatus.tryAgain);
    expect(existsSync(lock)).toBe(false);
  });
});
