import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { jobExitStatus } from "@em-stellar/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./workspace.js";

const command = join(root, "packages/em-stellar/dist/bin.js");
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

function play(...args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}

/** Processes of this machine whose command line holds a text. */
function processesWith(text: string): string[] {
  return readdirSync("/proc").filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      return readFileSync(`/proc/${id}/cmdline`, "utf8").includes(text);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

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

it.skipIf(process.platform !== "linux")("leaves no process three seconds after a run was killed", async () => {
  const child = spawn(process.execPath, [command, "run", "suite.json", "--workers", "2", "--out", "orphans"], {
    cwd: folder,
  });
  while (processesWith(join(folder, "orphans")).length === 0 && child.exitCode === null) await wait(20);
  child.kill("SIGKILL");
  await wait(3000);
  expect(processesWith(join(folder, "orphans"))).toEqual([]);
});
