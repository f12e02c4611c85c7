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
      /out-\d is in use: process \d+ has been at work there since .*choose another output folder\./,
    );
    expect(existsSync(join(folder, out, "results.json"))).toBe(true);
    expect(existsSync(join(folder, out, "writer.lock"))).toBe(false);
  }
});

it("a start with --fresh removes nothing of a run that is at work, which ends as if alone", async () => {
  const out = join(folder, "fresh");
  const first = play("run", "suite.json", "--workers", "2", "--out", "fresh");
  while (!existsSync(join(out, "jobs", "unet-bn"))) await wait(20);
  const before = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
  const second = await play("run", "suite.json", "--workers", "2", "--out", "fresh", "--fresh");
  expect([second.code, second.said]).toEqual([
    1,
    expect.stringMatching(/fresh is in use: process \d+ has been at work there since .*choose another output folder\./),
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
  const suiteOf = (steps: number) => ({ ...suite, name: "beside", training: { ...suite.training, steps } });
  it("of two starts of one job, one works and one says why not; a run beside it leaves it what it writes", async () => {
    writeFileSync(join(folder, "beside.json"), JSON.stringify(suiteOf(400)));
    const out = join(folder, "beside");
    const planning = startCommand(folder, ["run", "beside.json", "--workers", "1", "--out", "beside"]);
    while (!existsSync(join(out, "jobs", "unet-bn", "fold-0"))) await wait(20);
    planning.child.kill("SIGTERM");
    expect((await planning.ended).code).toBe(143);
    const name = "unet-bn/fold-1/seed-1";
    const first = startCommand(folder, ["job", "beside", name]);
    while (!existsSync(join(out, "jobs", name, "writer.lock"))) await wait(20);
    const second = await play("job", "beside", name);
    expect(second.code).toBe(jobExitStatus.tryAgain);
    expect(second.said).toMatch(/beside\/jobs\/unet-bn\/fold-1\/seed-1 is in use: process \d+ has been at work there/);
    writeFileSync(join(out, "jobs", name, "half.writing"), "what the job is about to rename");
    expect((await play("run", "beside.json", "--fresh", "--out", "beside")).said).toMatch(/seed-1 is in use: process/);
    await play("run", "beside.json", "--workers", "1", "--out", "beside");
    const { code } = await first.ended;
    expect(code).toBe(jobExitStatus.done);
    const whole = await play("run", "beside.json", "--workers", "1", "--out", "beside");
    expect(whole.code).toBe(0);
    expect(whole.said).toMatch(/: (\d+) jobs, \1 of them finished before/);
  });

  it("that is stopped says that it can be tried again, and gives back its lock", async () => {
    const out = join(folder, "stopped");
    const planning = startCommand(folder, ["run", "beside.json", "--workers", "1", "--out", "stopped"]);
    while (!existsSync(join(out, "jobs", "unet-bn", "fold-0"))) await wait(20);
    planning.child.kill("SIGINT");
    expect((await planning.ended).code).toBe(130);
    const job = startCommand(folder, ["job", "stopped", "unet-bn/fold-1/seed-1"]);
    const lock = join(out, "jobs", "unet-bn/fold-1/seed-1/writer.lock");
    while (!existsSync(lock)) await wait(20);
    job.child.kill("SIGTERM");
    expect((await job.ended).code).toBe(jobExitStatus.tryAgain);
    expect(existsSync(lock)).toBe(false);
  });
});
