import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createRandom, type Results, resultsSchema } from "@em-stellar/core";
import { decodeImage } from "@em-stellar/data";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "./workspace.js";

const command = join(root, "packages/em-stellar/dist/bin.js");
const suite = {
  name: "killed",
  data: { id: "phantom", options: { size: 96, trainImages: 4, testImages: 2, groups: 2 } },
  networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 2, head: "stable", dropout: 0.2 } }],
  loss: "binary-cross-entropy",
  optimizer: "radam",
  metrics: ["jaccard", "f1"],
  folds: 2,
  seeds: [1, 2],
  training: { patch: 32, batchSize: 2, steps: 60, validateEvery: 5, checkpoints: ["jaccard", "loss"] },
  ensembles: [{ combine: "average", top: 2, by: "jaccard" }],
  baselines: ["constant", "otsu"],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-killed-"));
  writeFileSync(join(folder, "suite.json"), JSON.stringify(suite));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the suite into a folder; kills it with SIGKILL after `life` seconds. The exit code, or `null` where it was killed. */
async function play(out: string, log: string, life = Number.POSITIVE_INFINITY): Promise<number | null> {
  const child = spawn(process.execPath, [command, "run", "suite.json", "--out", out, "--log", log, "--workers", "2"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  child.stdout.resume();
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  if (Number.isFinite(life)) {
    await Promise.race([ended, wait(life * 1000)]);
    child.kill("SIGKILL");
  }
  const code = await ended;
  if (code !== 0 && code !== null) throw new Error(`em-stellar ended with ${code}: ${said}`);
  return code;
}

/** Every file can be read whole; what was being written when the run was killed has a name of its own. */
async function requireWholeFiles(out: string): Promise<void> {
  for (const entry of readdirSync(out, { recursive: true, encoding: "utf8" })) {
    const bytes = () => readFileSync(join(out, entry));
    if (entry.endsWith(".json")) JSON.parse(bytes().toString());
    if (entry.endsWith(".png")) await decodeImage(new Uint8Array(bytes()), entry);
    if (entry.endsWith("model.json")) {
      const { weightsManifest } = JSON.parse(bytes().toString());
      const values = weightsManifest[0].weights.map(({ shape }: { shape: number[] }) =>
        shape.reduce((n, d) => n * d, 1),
      );
      const size = 4 * values.reduce((sum: number, n: number) => sum + n, 0);
      expect(readFileSync(join(out, entry, "..", "weights.bin")).byteLength).toBe(size);
    }
  }
}

function finishedJobs(out: string): string[] {
  if (!existsSync(join(out, "jobs"))) return [];
  return readdirSync(join(out, "jobs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("metrics.json"))
    .map((path) => path.slice(0, -"/metrics.json".length));
}

/** Names of the jobs that a log says were started. */
function startedJobs(log: string): string[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8").split("\n").slice(0, -1); // a killed logger may leave half a last line
  return lines
    .map((line) => JSON.parse(line))
    .flatMap(({ type, job }) => (type === "job-started" ? [`${job.method}/fold-${job.fold}/seed-${job.seed}`] : []));
}

/** What a run found, without when and how long. */
function findings(out: string) {
  const { methods }: Results = resultsSchema.parse(JSON.parse(readFileSync(join(out, "results.json"), "utf8")));
  return methods.map(({ name, pooled, runs }) => ({
    name,
    pooled,
    runs: runs.map(({ seconds, processorSeconds, history, ...run }) => ({
      ...run,
      history: history.map(({ seconds: _, ...point }) => point),
    })),
  }));
}

it("killed ten times at random moments and started again each time, a run ends as if it had never been killed", async () => {
  const began = Date.now();
  expect(await play("whole", join(folder, "whole.jsonl"))).toBe(0);
  const whole = (Date.now() - began) / 1000;

  const seed = Date.now();
  const random = createRandom(seed);
  const out = join(folder, "killed");
  let kills = 0;
  for (let round = 0; kills < 10; round++) {
    const finished = finishedJobs(out);
    const log = join(folder, `round-${round}.jsonl`);
    // Start-up alone takes a good part of a short run: a kill in the first half of one still leaves some progress.
    const code = await play("killed", log, random.uniform(0.1, 0.5) * whole);
    const context = `seed ${seed}, round ${round}`;
    if (existsSync(out)) requireWholeFiles(out);
    for (const job of startedJobs(log)) expect(finished, context).not.toContain(job);
    if (code === null) kills++;
    else rmSync(join(out, "results.json")); // it got to the end: what follows kills the last part again
  }
  expect(await play("killed", join(folder, "last.jsonl"))).toBe(0);

  expect(finishedJobs(out).sort()).toEqual(finishedJobs(join(folder, "whole")).sort());
  expect(findings(out)).toEqual(findings(join(folder, "whole")));
  const left = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".writing"));
  expect(left).toEqual([]);
});
