import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyLayer, defineNetwork } from "@em-stellar/core/training";
import { phantom } from "@em-stellar/data";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { jaccard } from "@em-stellar/metrics";
import { sgd } from "@em-stellar/optimizers";
import { defineSuite, type SuiteDefinition } from "@em-stellar/runner";
import { input, layers, model } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { benchmark } from "../src/commands/benchmark.js";
import { dryRun } from "../src/commands/dry-run.js";
import { secondsOfTraining } from "../src/commands/estimate.js";
import { builtins } from "../src/registry.js";
import { openTerminal } from "../src/terminal/terminal.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-dry-run-"));
});
afterAll(() => rm(folder, { recursive: true }));

const oneWeight = defineNetwork({
  id: "one-weight",
  summary: "One weight",
  defaults: {},
  stride: () => 1,
  build(_, shape) {
    const image = input({ shape: [...shape] });
    return model({
      inputs: image,
      outputs: applyLayer(layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid" }), image),
    });
  },
});
const training = { patch: 16, batchSize: 1, steps: 2, validateEvery: 2, checkpoints: ["loss"] } as const;

function loadedWith(change: Partial<SuiteDefinition> = {}) {
  const suite = defineSuite({
    name: "small",
    data: phantom({ size: 96, mitochondria: 12, trainImages: 4, testImages: 1, groups: 2 }),
    networks: [oneWeight()],
    loss: binaryCrossEntropy(),
    optimizer: sgd(),
    metrics: [jaccard()],
    folds: 2,
    training: [
      { ...training, name: "short" },
      { ...training, name: "long", steps: 4 },
    ],
    trainingImages: [1, 2],
    backend: "cpu",
    ...change,
  });
  return { suite, registry: builtins, folder, file: null };
}
async function printed(work: (terminal: ReturnType<typeof openTerminal>) => Promise<unknown>): Promise<string> {
  let text = "";
  await work(openTerminal({ write: (more) => (text += more) }, {}));
  return text;
}

it("says what there is to do and how long it takes, and writes nothing; then what is finished", async () => {
  const options = { out: join(folder, "small"), workers: 1 };
  const before = await printed((terminal) => dryRun(loadedWith(), options, terminal));
  expect(existsSync(options.out)).toBe(false);
  expect(before).toMatch(/small: 4 training images in 2 groups, \d+\.\d % object, and 1 test image; 2 folds/);
  expect(before).toContain("8 jobs:");
  expect(before).toMatch(/one-weight\+short\+1-image +2 +0\n/);
  expect(before).toContain("Trying each network on");
  for (const fact of [
    /A1 +A +fold 0 +96 × 96 +\d+\.\d %\n/,
    /B2 +B +fold 1 /,
    /C1 +C +test /,
    /! There is 1 test image/,
  ])
    expect(before).toMatch(fact);
  expect(before).toMatch(/one-weight\+long\+2-images +\d+ ms +\d+\.\d\d s +\d+ s\n/);
  expect(before).toMatch(/About \d+ s for 8 trainings\. Each takes up to \d.*B on the device/);

  await printed((terminal) => benchmark(loadedWith({ trainingImages: [1] }), options, terminal));
  const after = await printed((terminal) => dryRun(loadedWith(), options, terminal));
  expect(after).toContain("8 jobs, 4 of them finished in");
  expect(after).toMatch(/one-weight\+short\+1-image +2 +2\n/);
  expect(after).toMatch(/for 4 trainings/);

  const done = await printed((terminal) => dryRun(loadedWith({ trainingImages: [1] }), options, terminal));
  expect(done).not.toContain("Trying");
  const other = loadedWith({ optimizer: sgd({ momentum: 0 }) });
  await expect(printed((terminal) => dryRun(other, options, terminal))).rejects.toThrow("with other components");
});

it("tells the memory of each training, where the device knows it beforehand", async () => {
  const wide = { ...training, patch: 96, batchSize: 256 };
  const trainings = [
    { ...training, name: "narrow" },
    { ...wide, name: "wide" },
    { ...wide, name: "in-parts", microBatch: 1 },
  ];
  const loaded = loadedWith({ training: trainings, trainingImages: [1], backend: "wasm" });
  const text = await printed((terminal) => dryRun(loaded, { out: join(folder, "told"), workers: 1 }, terminal));
  const told = (name: string) => new RegExp(`${name}\\+1-image .* (\\d+\\.\\d MB)\n`).exec(text)?.[1];
  expect(text).toMatch(/method +step +validation +training +memory\n/);
  expect(told("narrow")).toBe("16.8 MB"); // the 16 MiB that the memory of wasm begins with
  expect(told("in-parts")).toBe("16.8 MB");
  expect(Number.parseFloat(told("wide") ?? "")).toBeGreaterThan(4 * 16.8);
  expect(text).toContain(`Each takes up to ${told("wide")} on the device.`);
});

it("says why a network cannot be trained, and gives no estimate where there is none that can", async () => {
  const broken = defineNetwork({
    ...{ id: "broken", summary: "Cannot be trained", defaults: {}, stride: () => 1 },
    build() {
      throw new Error("nothing fits");
    },
  });
  const text = await printed((terminal) =>
    dryRun(loadedWith({ networks: [broken()], training }), { out: join(folder, "broken") }, terminal),
  );
  expect(text).toMatch(/! broken\S* failed in the trial: .*nothing fits/);
  expect(text).toMatch(/\nNo network could be tried, so there is no estimate; a run would fail in the same way\.\n$/);
});

it("adds up the steps, the validations and the test of a training", () => {
  const speed = { method: "a", start: 3, step: 0.5, validation: 2, test: 4 };
  const images = { test: 1, validation: 3, elsewhere: 0 };
  const checkpoints = ["loss"];
  // 3 + 100 · 0.5 + 4 · 2 + 4, with a last validation after step 100
  const training = { steps: 100, minutes: null, validateEvery: 30, checkpoints };
  expect(secondsOfTraining(speed, training, images)).toBe(65);
  expect(secondsOfTraining(speed, training, images, 60)).toBe(3 + 20 + 2 * 2 + 4);
  expect(secondsOfTraining(speed, training, { ...images, elsewhere: 2 })).toBe(65 + (2 * 4) / 4);
  // A minute has 120 steps.
  expect(secondsOfTraining(speed, { ...training, steps: null, minutes: 1, validateEvery: 60 }, images)).toBe(
    3 + 60 + 2 * 2 + 4,
  );
  expect(secondsOfTraining(speed, { ...training, minutes: 1, validateEvery: 100 }, images)).toBe(3 + 50 + 2 + 4);
  // Of four more criteria, two are taken to choose other weights; a quarter of the images of the test are test images.
  const five = ["loss", "a", "b", "c", "d"];
  expect(secondsOfTraining(speed, { ...training, validateEvery: 20, checkpoints: five }, images)).toBe(
    3 + 50 + 5 * 2 + 4 + 2 * (4 / 4),
  );
  expect(secondsOfTraining(speed, { ...training, validateEvery: 100, checkpoints: five }, images)).toBe(3 + 50 + 2 + 4);
});
