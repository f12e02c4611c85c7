import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Installation, install, noGpu } from "./installation.js";

// A stranger's backend in one file outside this repository: nothing here knows it.
const plugin = `
import { cpu } from "@em-stellar/backend-cpu";
import { definePlugin } from "@em-stellar/core";
import { defineBackend } from "@em-stellar/core/training";
import { appendFileSync } from "node:fs";

const abacus = defineBackend({
  id: "abacus",
  summary: "beads on rods",
  defaults: { rods: 10 },
  preference: 1000,
  devices: async () => ["an abacus on the desk"],
  async start(options) {
    appendFileSync("desks", (process.env.DESK ?? "none") + "\\n");
    const device = await cpu().start();
    const workers = [{ DESK: "left" }, { DESK: "right" }];
    return { ...device, backend: "abacus", options, description: "abacus (" + options.rods + " rods)", workers };
  },
});
export default definePlugin({ name: "my-lab", version: "1.0.0", components: [abacus] });
`;
const suite = {
  plugins: ["./abacus.mjs"],
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

let installation: Installation;
beforeAll(async () => {
  installation = await install();
  writeFileSync(join(installation.folder, "abacus.mjs"), plugin);
});
afterAll(() => installation.dispose());

async function emStellar(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await installation.run(["node_modules/em-stellar/dist/bin.js", ...args], noGpu);
  expect(status, stderr).toBe(0);
  return stdout;
}

const run = (backend: unknown, ...args: string[]) => {
  writeFileSync(join(installation.folder, "suite.json"), JSON.stringify({ ...suite, backend }));
  return emStellar("run", "suite.json", "--out", "out", "--fresh", ...args);
};

it("is listed, and among what auto chooses from", async () => {
  const listed: { id: string }[] = JSON.parse(await emStellar("list", "backend", "--plugin", "./abacus.mjs", "--json"));
  expect(listed.find(({ id }) => id === "abacus")).toEqual({
    kind: "backend",
    id: "abacus",
    summary: "beads on rods",
    options: { rods: 10 },
    package: "my-lab",
    version: "1.0.0",
  });
  expect(listed.find(({ id }) => id === "auto")).toMatchObject({
    summary: "the first that starts of abacus, cuda, webgpu, tensorflow and wasm",
    options: { rods: null, threads: null },
  });
});

it("computes where a suite names it, with its options, in as many workers as it says and each in its environment", async () => {
  expect(await run({ id: "abacus", options: { rods: 7 } })).toMatch(/^tiny: 4 jobs, on abacus \(7 rods\), in /);
  const recorded = JSON.parse(readFileSync(join(installation.folder, "out", "suite.json"), "utf8")).backend;
  expect(recorded).toMatchObject({ id: "abacus", package: "my-lab", version: "1.0.0", options: { rods: 7 } });
  const [first, ...workers] = readFileSync(join(installation.folder, "desks"), "utf8").trimEnd().split("\n");
  expect([first, workers.sort()]).toEqual(["none", ["left", "right"]]);
});

it("is what auto takes where it is preferred, with the options that it has", async () => {
  const told = await run("auto", "--backend-option", "rods=13", "--workers", "1");
  expect(told).toMatch(/^tiny: 4 jobs, on abacus \(13 rods\), in /);
});

it("is examined by the doctor, with the devices that it sees", async () => {
  const { backends, auto } = JSON.parse(await emStellar("doctor", "--plugin", "./abacus.mjs", "--json"));
  expect(backends[0]).toMatchObject({
    backend: "abacus",
    status: "ready",
    device: "abacus (10 rods)",
    devices: ["an abacus on the desk"],
  });
  expect(auto).toMatchObject({ started: "abacus" });
});
