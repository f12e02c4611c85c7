import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Installation, install, noGpu } from "./installation.js";

// A stranger's plugin outside this repository: a network, a metric, an image format, an executor and a backend.
const plugin = `
import { cpu } from "@em-stellar/backend-cpu";
import { defineExecutor, defineImageFormat, defineMetric, definePlugin, InputError } from "@em-stellar/core";
import { applyLayer, defineBackend, defineNetwork } from "@em-stellar/core/training";
import { initializers, input, layers, model } from "@tensorflow/tfjs-layers";
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

const oneLayer = defineNetwork({
  id: "one-layer",
  summary: "One convolution",
  citation: "Layerson et al. (2026), J. One Layer 1:1-2",
  defaults: { size: 5 },
  stride: () => 1,
  build({ size }, [height, width, channels], seed) {
    const image = input({ shape: [height, width, channels] });
    const kernelInitializer = initializers.glorotUniform({ seed: seed() });
    const head = layers.conv2d({ filters: 1, kernelSize: size, padding: "same", activation: "sigmoid", kernelInitializer });
    return model({ inputs: image, outputs: applyLayer(head, image) });
  },
});

const misjudged = defineMetric({
  id: "misjudged-area",
  summary: "Share of the image that is judged wrong",
  citation: "Judge et al. (2025), J. Areas 3:4-5",
  defaults: {},
  goal: "minimize",
  range: [0, 1],
  words: { label: "Misjudged area", meaning: "Share of the image on the wrong side of the threshold.", family: "pixels" },
  accumulate() {
    let [wrong, all] = [0, 0];
    return {
      add({ truth, prediction }) {
        const object = ({ data, maximum, threshold = 0.5 }, i) => data[i] / maximum > threshold;
        for (let i = 0; i < truth.data.length; i++) wrong += object(truth, i) !== object(prediction, i) ? 1 : 0;
        all += truth.data.length;
      },
      result: () => (all === 0 ? undefined : wrong / all),
    };
  },
});

/** The portable grey map of Netpbm: "P5", width, height, 255, then a byte for each pixel. */
const pgm = defineImageFormat({
  id: "pgm",
  summary: "Portable grey map",
  extensions: ["pgm"],
  defaults: {},
  recognise: (head) => head[0] === 0x50 && head[1] === 0x35,
  async open(source) {
    const head = new TextDecoder("latin1").decode(await source.read(0, Math.min(64, source.size)));
    const found = /^P5\\s(\\d+)\\s(\\d+)\\s255\\s/.exec(head);
    if (!found) throw new InputError(source.name + " is a damaged portable grey map.");
    const [width, height] = [Number(found[1]), Number(found[2])];
    const page = { width, height, channels: 1, bits: 8, sampleType: "uint", photometric: "black-is-zero", isInverted: false };
    return {
      pages: [page],
      async read(_, { x, y, width: across, height: down } = { x: 0, y: 0, width, height }) {
        const data = new Uint8Array(across * down);
        for (let row = 0; row < down; row++)
          data.set(await source.read(found[0].length + (y + row) * width + x, across), row * across);
        return { width: across, height: down, channels: 1, data, fullRange: 255 };
      },
    };
  },
});

/** A process of its own for each job, one after another, as a queue of a cluster would start them. */
const queue = defineExecutor({
  id: "queue",
  summary: "One process for each job",
  defaults: { log: "queue.log" },
  async *run(plan, jobs, { log }) {
    for (const job of jobs) {
      const [program, ...args] = plan.door.command(job);
      const status = await new Promise((resolve) =>
        spawn(program, args, { stdio: "ignore", env: { ...process.env, ...plan.door.environment(0) } }).on("close", resolve),
      );
      appendFileSync(log, job.method + " " + job.fold + " " + status + "\\n");
      const folder = join(plan.location, "jobs", job.method, "fold-" + job.fold, "seed-" + job.seed);
      for (const line of readFileSync(join(folder, "events.jsonl"), "utf8").trim().split("\\n")) yield JSON.parse(line);
    }
  },
});

const abacus = defineBackend({
  id: "abacus",
  summary: "Beads on rods",
  defaults: { rods: 10 },
  async start(options) {
    const device = await cpu().start();
    return { ...device, backend: "abacus", options, description: "abacus (" + options.rods + " rods)" };
  },
});

export default definePlugin({ name: "my-lab", version: "1.2.3", components: [oneLayer, misjudged, pgm, queue, abacus] });
`;

const suite = {
  plugins: ["./plugin.mjs"],
  name: "all-mine",
  data: {
    id: "image-folder",
    options: { images: "train/images", masks: "train/masks", testImages: "test/images", testMasks: "test/masks" },
  },
  networks: [{ id: "one-layer", options: { size: 3 } }],
  loss: "dice",
  optimizer: "adam",
  metrics: ["jaccard", "misjudged-area"],
  rankBy: "misjudged-area",
  folds: 2,
  training: { patch: 32, batchSize: 1, steps: 2, validateEvery: 1 },
  augmentation: null,
  baselines: ["constant", "otsu"],
  executor: { id: "queue", options: { log: "queue.log" } },
  backend: { id: "abacus", options: { rods: 7 } },
};

let installation: Installation;
const inFolder = (...parts: string[]) => join(installation.folder, ...parts);

/** A disc brighter than its surroundings; its mask is 0 and 255. */
function disc(seed: number, kind: "images" | "masks"): Uint8Array {
  const side = 48;
  const pixels = Uint8Array.from({ length: side * side }, (_, i) => {
    const inside = (i % side) - 15 - seed * 3;
    const object = inside ** 2 + (Math.floor(i / side) - 24) ** 2 < 144;
    return kind === "masks" ? (object ? 255 : 0) : (object ? 150 : 60) + ((i * 7919 + seed * 104729) % 41);
  });
  return Buffer.concat([Buffer.from(`P5\n${side} ${side}\n255\n`, "latin1"), pixels]);
}

beforeAll(async () => {
  installation = await install();
  writeFileSync(inFolder("plugin.mjs"), plugin);
  writeFileSync(inFolder("suite.json"), JSON.stringify(suite));
  for (const [set, seeds] of [["train", [0, 1, 2, 3]] as const, ["test", [4, 5]] as const]) {
    for (const kind of ["images", "masks"] as const) {
      mkdirSync(inFolder(set, kind), { recursive: true });
      for (const seed of seeds) writeFileSync(inFolder(set, kind, `disc-${seed}.pgm`), disc(seed, kind));
    }
  }
  await emStellar("run", "suite.json", "--out", "out");
});
afterAll(() => installation.dispose());

async function emStellar(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await installation.run(["node_modules/em-stellar/dist/bin.js", ...args], noGpu);
  expect(status, stderr).toBe(0);
  return stdout;
}
const entries = () =>
  [
    ...readFileSync(inFolder("out", "report", "index.html"), "utf8").matchAll(/<span class="entry">(.*?)<\/span>/gs),
  ].map(([, entry = ""]) => entry);
const json = (...path: string[]) => JSON.parse(readFileSync(inFolder(...path), "utf8"));

it("is listed, each component with its package", async () => {
  const listed: { id: string; package: string }[] = JSON.parse(
    await emStellar("list", "--plugin", "./plugin.mjs", "--json"),
  );
  const mine = listed.filter((component) => component.package === "my-lab").map(({ id }) => id);
  expect(mine.sort()).toEqual(["abacus", "misjudged-area", "one-layer", "pgm", "queue"]);
});

it("runs a suite: the executor starts every job, the backend computes, the format reads, the metric ranks", () => {
  const lines = readFileSync(inFolder("queue.log"), "utf8").trim().split("\n");
  expect(lines.filter((line) => line.startsWith("one-layer")).sort()).toEqual(["one-layer 0 0", "one-layer 1 0"]);
  const results = json("out", "results.json");
  expect(results.rankedBy).toBe("misjudged-area");
  expect(results.environment).toMatchObject({ backend: "abacus", device: "abacus (7 rods)" });
  const network = results.methods.find(({ name }: { name: string }) => name === "one-layer");
  expect(network.runs.map(({ state }: { state: string }) => state)).toEqual(["done", "done"]);
  // The disc is apart from its surroundings in grey, so Otsu's threshold finds it all.
  const otsu = results.methods.find(({ name }: { name: string }) => name === "otsu");
  expect(otsu.pooled).toEqual({ jaccard: 1, "misjudged-area": 0 });
});

it("is in the report like a built-in: label in the table, meaning in the glossary", () => {
  const page = readFileSync(inFolder("out", "report", "index.html"), "utf8");
  expect(page).toContain("Misjudged area");
  expect(page).toContain("Share of the image on the wrong side of the threshold.");
});

it("is cited by BibTeX, also where the report is made again: the run's plugins are found", async () => {
  const [before, told] = [entries(), await emStellar("report", "out")];
  expect(before.filter((entry) => /Layerson|Judge/.test(entry))).toHaveLength(2);
  expect(entries()).toEqual(before);
  expect(told).not.toContain("could not be loaded");
});

it("is found by predict and features of a run, without being named", async () => {
  const told = await emStellar("predict", "out", "test/images", "--out", "found");
  expect(told).toMatch(/2 images/);
  await emStellar("features", "out", "--images", "test/images", "--out", "features");
  expect(readFileSync(inFolder("features", "report", "index.html"), "utf8")).toContain("one-layer");
});

it("scores masks of its format by its metric in evaluate", async () => {
  await emStellar(
    ...["evaluate", "--truth", "test/masks", "--predictions", "test/masks", "--out", "scores"],
    ...["--plugin", "./plugin.mjs", "--metrics", "jaccard,misjudged-area"],
  );
  const [method] = json("scores", "results.json").methods;
  expect(method.pooled).toMatchObject({ jaccard: 1, "misjudged-area": 0 });
});

it("segments images of its format", async () => {
  const told = await emStellar("predict", "out", "test/images", "--out", "segmented", "--plugin", "./plugin.mjs");
  expect(told).toMatch(/2 images/);
});
