import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { registryForRuns } from "../src/recorded-plugins.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-recorded-"));
});
afterEach(() => rm(folder, { recursive: true }));

const plugin = `const make = (options = {}) => ({ kind: "loss", id: "zero", options, compute: () => 0 });
  const zero = Object.assign(make, { kind: "loss", id: "zero", summary: "nothing", citation: "Nobody (2026)", defaults: {} });
  export default { name: "my-lab", version: "1.2.3", components: [zero] };`;
const suite = {
  plugins: ["./plugin.mjs"],
  ...{ name: "small", data: "phantom", networks: ["unet-bn"], loss: "zero", optimizer: "adam", metrics: ["jaccard"] },
  training: { patch: 64 },
};

/** A run as it is planned, and what is printed while its plugins are looked for from the folder of one of its checkpoints. */
async function find(where: { suite: string; plugins?: readonly string[] }) {
  const { plugins = ["@em-stellar/losses", "my-lab"] } = where;
  const run = join(folder, "run");
  const checkpoint = join(run, "jobs", "unet-bn", "fold-0", "seed-1", "checkpoints", "loss");
  await mkdir(checkpoint, { recursive: true });
  await writeFile(
    join(run, "manifest.json"),
    JSON.stringify({ plugins: plugins.map((name) => ({ name, version: "1" })) }),
  );
  await writeFile(join(run, "plan.json"), JSON.stringify({ opening: { suite: where.suite } }));
  const printed: string[] = [];
  const registry = await registryForRuns([checkpoint], [], { print: (line = "") => void printed.push(line) });
  return { origin: registry.origin("loss", "zero"), printed, run };
}

async function write(place: string): Promise<string> {
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "plugin.mjs"), plugin);
  await writeFile(join(place, "suite.json"), JSON.stringify(suite));
  return join(place, "suite.json");
}

it("the plugins of a run are found by the suite that it was planned from", async () => {
  const { origin, printed } = await find({ suite: await write(folder) });
  expect(origin).toEqual({ name: "my-lab", version: "1.2.3" });
  expect(printed.join()).toContain("plugin.mjs is code from outside the current folder");
});

it("a run of built-in components loads nothing", async () => {
  const { origin, printed } = await find({ suite: await write(folder), plugins: ["@em-stellar/losses"] });
  expect(origin).toBeUndefined();
  expect(printed).toEqual([]);
});

it("where the suite is gone, a sentence says which plugins are missing", async () => {
  const gone = join(folder, "gone.json");
  const { origin, printed, run } = await find({ suite: gone });
  expect(origin).toBeUndefined();
  expect(printed).toEqual([
    `! The plugin my-lab of the run in ${run} could not be loaded: ${gone} is gone. Name them in the option \`plugin\`.`,
  ]);
});

it("a run folder that brings its own code is not trusted", async () => {
  const { origin, printed } = await find({ suite: await write(join(folder, "run", "inside")) });
  expect(origin).toBeUndefined();
  expect(printed.join()).toContain("lies inside the run, from where no code is loaded.");
});
