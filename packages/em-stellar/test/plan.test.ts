import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resultsSchema } from "@em-stellar/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { main } from "../src/cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-plan-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function command(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const status = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { status, stdout, stderr };
}

const tiny = {
  name: "tiny",
  data: { id: "phantom", options: { size: 32, trainImages: 4, testImages: 2, groups: 2, mitochondria: 20 } },
  networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 1 } }],
  loss: "dice",
  optimizer: "adam",
  metrics: ["jaccard"],
  folds: 2,
  training: { patch: 32, batchSize: 1, steps: 4, validateEvery: 2, checkpoints: ["jaccard"] },
  augmentation: null,
  baselines: ["otsu"],
  backend: "wasm",
};

/** Scores by method and fold. */
function scores(out: string) {
  const { methods } = resultsSchema.parse(JSON.parse(readFileSync(join(out, "results.json"), "utf8")));
  return methods.map(({ name, runs }) => ({ name, runs: runs.map(({ fold, pooled }) => ({ fold, pooled })) }));
}

it("plan, job by job, status and collect end as run does", async () => {
  const suite = join(folder, "suite.json");
  const [whole, apart] = [join(folder, "whole"), join(folder, "apart")];
  await writeFile(suite, JSON.stringify(tiny));
  expect(await command("run", suite, "--out", whole, "--workers", "1")).toMatchObject({ status: 0 });

  const planned = await command("plan", suite, "--out", apart);
  expect(planned).toMatchObject({ status: 0, stderr: "" });
  expect(planned.stdout).toContain(`tiny: 4 jobs planned, on wasm, in ${apart}`);
  expect(existsSync(join(apart, "jobs"))).toBe(false);
  const jobs = readFileSync(join(apart, "jobs.txt"), "utf8").trimEnd().split("\n");
  expect(jobs).toEqual(["otsu/fold-0/seed-1", "otsu/fold-1/seed-1", "unet-bn/fold-0/seed-1", "unet-bn/fold-1/seed-1"]);

  const counts = async () =>
    [...(await command("status", apart)).stdout.matchAll(/^ {2}(\w+) +(\d+)$/gm)].map(
      ([, state, n]) => `${state} ${n}`,
    );
  expect(await counts()).toEqual(["done 0", "failed 0", "begun 0", "waiting 4"]);
  for (const job of jobs.slice(0, 3)) expect(await command("job", apart, job)).toMatchObject({ status: 0 });
  expect(await counts()).toEqual(["done 3", "failed 0", "begun 0", "waiting 1"]);
  const some = await command("collect", apart);
  expect(some.status).toBe(3);
  expect(some.stdout).toContain("✗ unet-bn/fold-1/seed-1: it did not finish");
  expect(await command("job", apart, jobs[3] as string)).toMatchObject({ status: 0 });
  expect(await command("collect", apart)).toMatchObject({ status: 0, stderr: "" });
  expect(scores(apart)).toEqual(scores(whole));
  expect(existsSync(join(apart, "report", "index.html"))).toBe(true);
});

it("a finished run goes on longer with --steps, at once or job by job, as if it had been that long from the start", async () => {
  const suite = join(folder, "suite.json");
  const [whole, extended] = [join(folder, "whole"), join(folder, "extended")];
  const optimizer = { id: "adam", options: { schedule: "constant", warmupProportion: 0 } };
  await writeFile(suite, JSON.stringify({ ...tiny, optimizer, baselines: [] }));
  const inProcess = ["--executor", "in-process"];
  expect(await command("run", suite, "--out", whole, "--steps", "6", ...inProcess)).toMatchObject({ status: 0 });
  expect(await command("run", suite, "--out", extended, ...inProcess)).toMatchObject({ status: 0 });

  const less = await command("run", suite, "--out", extended, "--steps", "3", ...inProcess);
  expect(less.stderr).toContain('--steps is 3, but training.steps of the suite "tiny" is 4 already. Take at least 4');
  const dry = await command("run", suite, "--out", extended, "--steps", "6", "--dry-run", ...inProcess);
  expect(dry.stdout).toMatch(/unet-bn +2 +0\n/);
  expect(await command("plan", suite, "--out", extended, "--steps", "6")).toMatchObject({ status: 0, stderr: "" });
  for (const job of ["unet-bn/fold-0/seed-1", "unet-bn/fold-1/seed-1"]) {
    expect(await command("job", extended, job)).toMatchObject({ status: 0 });
  }
  expect(await command("collect", extended)).toMatchObject({ status: 0, stderr: "" });
  expect(scores(extended)).toEqual(scores(whole));
  const report = readFileSync(join(extended, "report", "index.html"), "utf8");
  expect(report).toContain("planned shorter, and told to go on longer after step 4");
  expect(report).toContain("were first planned shorter, and then went on to this length");
  const shorter = await command("run", suite, "--out", extended, ...inProcess);
  expect(shorter.stderr).toContain("To go on from its 6 steps, which is more than the suite says, give --steps 6.");
});

it("status names failed jobs with their reasons, also as JSON", async () => {
  const suite = join(folder, "suite.json");
  const out = join(folder, "out");
  const optimizer = { id: "sgd", options: { learningRate: 1e15, weightDecay: 1e15 } }; // weights grow 1e30-fold a step
  await writeFile(suite, JSON.stringify({ ...tiny, optimizer }));
  await command("plan", suite, "--out", out);
  expect(await command("job", out, "unet-bn/fold-0/seed-1")).toMatchObject({ status: 65 });
  expect((await command("status", out)).stdout).toMatch(/^✗ unet-bn\/fold-0\/seed-1: the loss became /m);
  const { jobs } = JSON.parse((await command("status", out, "--json")).stdout);
  expect(jobs[2]).toMatchObject({
    job: "unet-bn/fold-0/seed-1",
    state: "failed",
    reason: expect.stringMatching(/^the loss/),
  });
  expect(jobs[3]).toEqual({ job: "unet-bn/fold-1/seed-1", state: "waiting" });
});

it("collect and status of a folder without a plan say so", async () => {
  for (const name of ["status", "collect"]) {
    const { status, stderr } = await command(name, folder);
    expect(status).toBe(1);
    expect(stderr).toContain(`${folder} holds no planned run: plan.json is missing`);
  }
});
