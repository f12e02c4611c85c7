import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resultsSchema } from "@em-stellar/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../src/cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a command as in a pipe: its exit status and what it wrote. */
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
  baselines: ["constant", "otsu"],
  backend: "wasm", // whatever this repository has beside it
};

describe("em-stellar run", () => {
  it("trains, ranks, reports and logs; the same command again repeats no training", async () => {
    const suite = join(folder, "suite.json");
    const [out, log] = [join(folder, "out"), join(folder, "logs", "run.jsonl")];
    await writeFile(suite, JSON.stringify(tiny));
    const first = await command("run", suite, "--out", out, "--log", log, "--workers", "1");
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout).not.toContain("\u001b");
    const lines = first.stdout.split("\n");
    expect(lines[0]).toMatch(/^tiny: 6 jobs, on wasm \(.*\), in .*out$/);
    expect(lines).toContain("· unet-bn/fold-1/seed-1 starts, 4 steps");
    expect(lines.find((line) => line.startsWith("· unet-bn/fold-0/seed-1 step 2/4: loss "))).toBeDefined();
    expect(lines.find((line) => line.startsWith("   method"))).toMatch(/^ {3}method +jaccard +trainings +time$/);
    expect(lines).toContain(`Report:  ${join(out, "report", "index.html")}`);
    expect(await readFile(join(out, "report", "index.html"), "utf8")).toMatch(/<!doctype html>/i);
    const results = resultsSchema.parse(JSON.parse(await readFile(join(out, "results.json"), "utf8")));
    expect(results.environment).toMatchObject({ "em-stellar": expect.any(String), node: process.versions.node });

    const events = (await readFile(log, "utf8")).trimEnd().split("\n");
    const logged = events.map((line) => JSON.parse(line));
    expect(logged[0]).toMatchObject({ type: "run-started", time: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(logged.at(-1)).toMatchObject({ type: "run-finished", results: join(out, "results.json") });

    const second = await command("run", suite, "--out", out, "--workers", "1");
    expect(second.stdout).toMatch(/^tiny: 6 jobs, 6 of them already finished/);
    expect(second.stdout).not.toContain("starts");

    const again = await command("report", out, "--palette", "paper");
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining("unet-bn") });

    const fresh = await command("run", suite, "--out", out, "--workers", "1", "--fresh");
    expect(fresh.stdout).toMatch(/^tiny: 6 jobs, on /);
  });

  it("refuses what cannot be run in one plain message, before it trains", async () => {
    const suite = join(folder, "suite.json");
    await writeFile(suite, JSON.stringify({ ...tiny, networks: ["unett"] }));
    const misspelt = await command("run", suite);
    expect(misspelt).toMatchObject({ status: 1, stdout: "" });
    expect(misspelt.stderr).toMatch(
      /^error: .*suite\.json: .*\n {2}networks\[0\]: No network named "unett"\. Did you mean/,
    );
    expect(misspelt.stderr).not.toContain("    at ");
    expect((await command("run", suite, "--debug")).stderr).toContain("    at ");

    await writeFile(suite, JSON.stringify(tiny));
    await writeFile(join(folder, "file"), "");
    const unwritable = await command("run", suite, "--out", join(folder, "file", "out"));
    expect(unwritable).toMatchObject({ status: 1, stdout: "" });
    expect(unwritable.stderr).toMatch(/^error: The folder .*out cannot be written .*Choose another output folder/);

    await mkdir(join(folder, "photos"));
    await writeFile(join(folder, "photos", "holiday.png"), "");
    const foreign = await command("run", suite, "--out", join(folder, "photos"), "--fresh");
    expect(foreign.stderr).toMatch(/holds files \(holiday\.png\) but no run/);
    expect(existsSync(join(folder, "photos", "holiday.png"))).toBe(true);
  });

  it("takes only a whole number of workers", async () => {
    const { status, stderr } = await command("run", "suite.json", "--workers", "half");
    expect([status, stderr]).toEqual([1, expect.stringContaining("It must be a whole number of at least 1.")]);
  });
});

describe("em-stellar list", () => {
  it("shows ids, what they are, and options with defaults", async () => {
    const { stdout } = await command("list", "loss");
    expect(stdout).toMatch(/^loss\n {2}binary-cross-entropy +Binary cross-entropy/);
    expect(stdout).not.toContain("unet");
    expect((await command("list")).stdout).toMatch(/phantom[\s\S]*backend\n {2}cuda[\s\S]*\n {2}wasm[\s\S]*\n {2}auto/);
  });

  it("gives the same as JSON", async () => {
    const listed: unknown = JSON.parse((await command("list", "network", "--json")).stdout);
    expect(listed).toContainEqual(
      expect.objectContaining({
        kind: "network",
        id: "unet-bn",
        package: "@em-stellar/nets-unet",
        options: expect.objectContaining({ depth: 4, baseFilters: 64 }),
      }),
    );
  });

  it("suggests the kind that was meant", async () => {
    expect((await command("list", "netwrok")).stderr).toMatch(/^error: No kind "netwrok"\. Did you mean "network"\?/);
  });
});

describe("em-stellar", () => {
  it("suggests a command, prints its version, and helps", async () => {
    expect(await command("rnu")).toMatchObject({ status: 1, stderr: expect.stringContaining("Did you mean run?") });
    expect((await command("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await command("--help");
    expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining("demo") });
  });

  it("says that a folder holds no finished run, and leaves it as it is", async () => {
    const missing = join(folder, "nothing");
    const { status, stderr } = await command("report", missing);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^error: There is no results\.json in .*nothing\./)]);
    expect(existsSync(missing)).toBe(false);
  });

  it("knows the data sets by name", async () => {
    const { status, stderr } = await command("data", "cardic", folder);
    expect([status, stderr]).toEqual([1, expect.stringContaining("Allowed choices are cardiac, lateral-habenula.")]);
  });
});
