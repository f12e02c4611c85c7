import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Device, Reason } from "@em-stellar/core/training";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../src/cli.js";
import { deviceLines } from "../src/terminal/device-lines.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-device-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  return runWith({}, ...args);
}

async function runWith(change: object, ...args: string[]) {
  const suite = {
    ...change,
    name: "tiny",
    data: { id: "phantom", options: { size: 32, trainImages: 4, testImages: 2, groups: 2, mitochondria: 20 } },
    networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 1 } }],
    loss: "dice",
    optimizer: "adam",
    metrics: ["jaccard"],
    folds: 2,
    training: { patch: 32, batchSize: 1, steps: 1, validateEvery: 1 },
    augmentation: null,
    baselines: ["constant"],
  };
  const file = join(folder, "suite.json");
  await writeFile(file, JSON.stringify(suite));
  let [stdout, stderr] = ["", ""];
  const status = await main(["run", file, "--out", join(folder, "out"), "--workers", "1", ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { status, stdout, stderr };
}

const json = async (file: string) => JSON.parse(await readFile(join(folder, "out", file), "utf8"));

describe("em-stellar run --backend", () => {
  it("takes the place of the suite's backend, and results say so", async () => {
    const { status, stdout } = await run("--backend", "cpu");
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^tiny: 4 jobs, on cpu \(plain JavaScript\), in /)]);
    expect((await json("suite.json")).backend).toBe("cpu");
    const { environment } = await json("results.json");
    expect(environment).toMatchObject({ backend: "cpu", command: expect.stringMatching(/suite\.json --backend cpu$/) });
    expect(environment).not.toHaveProperty("choice");
  });

  it("is refused before anything is touched where there is no such backend, or it does not start here", async () => {
    expect(await run("--backend", "wsam")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining('No backend named "wsam". Did you mean "wasm"? Available: auto, cpu, cuda,'),
    });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});

describe("why a run is on its device", () => {
  const reason = (backend: string, status: Reason["status"]): Reason => ({
    backend,
    status,
    problem: "It broke.",
    remedy: "Mend it.",
  });
  const lines = (...reasons: Reason[]) => deviceLines({ backend: "wasm", reasons } as unknown as Device); // no more is read
  const none = "· No GPU found: training on the processor, which is slower. `em-stellar doctor` shows how to use one.";
  it("is one line where there is no GPU, whatever is not installed or finds none", () => {
    const finds = { ...reason("webgpu", "failed"), problem: "WebGPU finds no GPU." };
    expect(lines(reason("cuda", "missing"), finds, reason("tensorflow", "missing"))).toEqual([none]);
    expect(lines(reason("cuda", "missing"))).toEqual([none]);
    const device = { backend: "wasm", reasons: [finds] } as unknown as Device; // no more is read
    expect(deviceLines(device, "predicting")).toEqual([none.replace("training", "predicting")]);
  });
  it("is one line where a GPU is there and fails, and one more for another library that fails", () => {
    const fails = "! The GPU cannot be used: training on the processor, which is slower. webgpu: It broke. Mend it.";
    expect(lines(reason("cuda", "missing"), reason("webgpu", "failed"))).toEqual([fails]);
    expect(lines(reason("webgpu", "failed"), reason("tensorflow", "failed"))).toEqual([
      "! Not on tensorflow: It broke. Mend it.",
      fails,
    ]);
    const onGpu = { backend: "webgpu", reasons: [reason("cuda", "missing")] } as unknown as Device; // no more is read
    expect(deviceLines(onGpu)).toEqual([
      "· On webgpu. Not installed: cuda. `em-stellar doctor` shows what each needs.",
    ]);
  });
  it("needs no words where nothing was preferred", () => {
    expect(lines()).toEqual([]);
    expect(deviceLines({ backend: "wasm" } as unknown as Device)).toEqual([]);
  });
});

describe("em-stellar run --precision", () => {
  it("is refused before anything is touched where the backend has no other, or where it is none", async () => {
    expect(await run("--backend", "cpu", "--precision", "mixed-float16")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining('backend "cpu" has no option "precision". It takes none.'),
    });
    expect((await run("--precision", "float16")).stderr).toContain(
      'backend "webgpu" needs "float32" or "mixed-float16" for "precision", but was given "float16".',
    );
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("goes, for auto, to the backends that have it", async () => {
    expect(await run("--precision", "float32")).toMatchObject({ status: 0 });
    expect((await json("results.json")).environment.command).toMatch(/suite\.json --precision float32$/);
  });
});

describe("options of a backend", () => {
  it("come from the command line, and results say which", async () => {
    const { status, stdout } = await run(
      "--backend",
      "wasm",
      "--backend-option",
      "simd=strict",
      "--backend-option",
      "threads=2",
    );
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^tiny: 4 jobs, on wasm \(SIMD, 2 threads\), in /)]);
    expect((await json("results.json")).environment.command).toMatch(
      / --backend wasm --backend-option simd=strict --backend-option threads=2$/,
    );
    expect((await run("--backend-option", "simd")).stderr).toContain("It must be name=value, such as threads=2.");
  });

  it("stand in a suite, and the command line's go over them", async () => {
    const backend = { id: "wasm", options: { simd: "strict" } };
    expect((await runWith({ backend })).stdout).toMatch(/^tiny: 4 jobs, on wasm \(SIMD, 1 thread\), in /);
    const record = { id: "wasm", package: "@em-stellar/backend-wasm", options: { simd: "strict", threads: 1 } };
    expect((await json("suite.json")).backend).toMatchObject(record);
    const none = await runWith({ backend }, "--fresh", "--backend-option", "simd=none");
    expect(none.stdout).toMatch(/^tiny: 4 jobs, on wasm \(no SIMD, 1 thread\), in /);
    const wrong = await runWith({ backend: { id: "wasm", options: { sims: "strict" } } });
    expect(wrong.stderr).toContain('backend: backend "wasm" has no option "sims". Did you mean "simd"?');
  });
});
