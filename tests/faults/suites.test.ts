import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSuite, readSuiteJson } from "@em-stellar/runner";
import { builtins, loadSuite } from "em-stellar";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../workspace.js";
import { oneOf } from "./mutate-bytes.js";
import { mutateJson } from "./mutate-json.js";
import { smallSuite } from "./small-run.js";
import { attack, naming } from "./tally.js";

/** Every field that a suite may have. */
const wideSuite = {
  ...smallSuite,
  $schema: "https://example.org/suite.json",
  schemaVersion: 1,
  plugins: ["./network.ts", "my-lab"],
  data: {
    id: "image-folder",
    options: {
      images: "train/images",
      masks: "train/masks",
      testImages: "test/images",
      testMasks: "test/masks",
      groupBy: "^[A-Z]",
      objectLabels: [1, 2],
    },
  },
  networks: ["unet-bn", { id: "em-net-v2", options: {} }, { id: "segnet", options: { baseFilters: 4 } }],
  loss: ["dice", { id: "focal", options: { gamma: 2 } }],
  optimizer: ["sgd", { id: "radam", options: { learningRate: 0.02 } }],
  rankBy: "jaccard",
  split: { grouped: true, stratify: true, seed: 3 },
  training: {
    ...smallSuite.training,
    foreground: 0.1,
    threshold: "validation",
    normalization: { method: "z-score", scope: "training-set" },
  },
  augmentation: {
    rotation: 10,
    shift: 0.1,
    shear: 5,
    zoom: 0.1,
    flipHorizontal: true,
    flipVertical: true,
    fill: "reflect",
  },
  backend: { id: "webgpu", options: {} },
  executor: "processes",
};

const suites = [
  readFileSync(join(root, "examples/quickstart/suite.json")),
  ...[smallSuite, wideSuite].map((suite) => new TextEncoder().encode(JSON.stringify(suite))),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-suites-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("suites in memory", async () => {
  const { accepted } = await attack("suites in memory", 400, (random) => {
    const bytes = mutateJson(oneOf(suites, random), oneOf(suites, random), random);
    return () => parseSuite(readSuiteJson(bytes, "suite.json"), builtins);
  });
  expect(accepted).toBeGreaterThan(5);
});

it("suites in files", async () => {
  await attack("suites in files", 100, (random) => {
    writeFileSync(join(folder, "suite.json"), mutateJson(oneOf(suites, random), oneOf(suites, random), random));
    return naming("suite.json", () => loadSuite(join(folder, "suite.json")));
  });
});
