import { readFileSync } from "node:fs";
import { join } from "node:path";
import { memoryStore, type Results } from "@em-stellar/core";
import { networkChecks } from "@em-stellar/core/testing";
import type { Device } from "@em-stellar/core/training";
import {
  binaryCrossEntropy,
  builtins,
  createRegistry,
  defineSuite,
  jaccard,
  phantom,
  radam,
  runSuite,
  wasm,
} from "em-stellar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import plugin, { plainNet } from "./network.js";

// 2 convolutions with bias (1·9·4 + 4, 4·9·4 + 4) and scale and shift (2·4 each), then 4 weights and a bias
const parameters = { trainable: 40 + 8 + 148 + 8 + 5, nonTrainable: 16 };

let device: Device;
beforeAll(async () => {
  device = await wasm().start();
});
afterAll(() => device.dispose());

describe("plain-net does what every network must do", () => {
  for (const { name, run } of networkChecks(plainNet({ filters: 4, convolutions: 2 }), { parameters })) it(name, run);
});

it("a network in one file is trained and scored like the built-in ones", async () => {
  const suite = defineSuite({
    name: "one-file",
    data: phantom({ size: 32, trainImages: 4, testImages: 2, groups: 2, mitochondria: 20 }),
    networks: [plainNet({ filters: 4, convolutions: 2 })],
    loss: binaryCrossEntropy(),
    optimizer: radam({ learningRate: 0.01 }),
    metrics: [jaccard()],
    folds: 2,
    training: { patch: 32, batchSize: 2, steps: 30, validateEvery: 10, checkpoints: ["jaccard"] },
    augmentation: null,
  });
  const registry = createRegistry(...builtins.plugins, plugin);
  let results: Results | undefined;
  for await (const event of runSuite(suite, { registry, device, store: memoryStore() })) {
    if (event.type === "run-finished") results = event.results;
  }
  const [method] = results?.methods ?? [];
  expect(method?.components[0]).toMatchObject({
    id: "plain-net",
    package: "my-first-network",
    options: { filters: 4 },
  });
  expect(method?.parameters).toEqual(parameters);
  expect(method?.runs.map(({ state }) => state)).toEqual(["done", "done"]);
  for (const { history } of method?.runs ?? []) {
    expect(history.at(-1)?.loss).toBeLessThan(history[0]?.loss ?? 0);
  }
});

it("the suite beside it names the file as a plugin", async () => {
  const file = join(import.meta.dirname, "suite.json");
  const json: { plugins: string[]; networks: { id: string }[] } = JSON.parse(readFileSync(file, "utf8"));
  expect(json).toMatchObject({ plugins: ["./network.ts"], networks: [{ id: plainNet.id }, { id: "unet-bn" }] });
});

it("CONTRIBUTING.md shows this very file", () => {
  const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), "utf8");
  expect(read("..", "..", "CONTRIBUTING.md")).toContain(`\`\`\`ts\n${read("network.ts")}\`\`\``);
});
