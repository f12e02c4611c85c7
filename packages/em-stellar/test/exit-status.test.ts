import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyLayer, defineNetwork } from "@em-stellar/core/training";
import { phantom } from "@em-stellar/data";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { jaccard } from "@em-stellar/metrics";
import { sgd } from "@em-stellar/optimizers";
import { defineSuite } from "@em-stellar/runner";
import { initializers, input, layers, model } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { benchmark } from "../src/commands/benchmark.js";
import { builtins } from "../src/registry.js";
import { openTerminal } from "../src/terminal/terminal.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-status-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A network of one weight; `start: NaN` makes its first loss no number, so that its training fails. */
const oneWeight = defineNetwork({
  id: "one-weight",
  summary: "One weight",
  defaults: { start: 0 as number | null },
  stride: () => 1,
  build({ start }, shape) {
    const image = input({ shape: [...shape] });
    const kernelInitializer = initializers.constant({ value: start ?? Number.NaN });
    const layer = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer });
    return model({ inputs: image, outputs: applyLayer(layer, image) });
  },
});

/** Runs a suite of these networks: how it ended, and what was printed. */
async function ended(name: string, starts: readonly (number | null)[]) {
  const suite = defineSuite({
    name,
    data: phantom({ size: 96, mitochondria: 12, trainImages: 4, testImages: 1, groups: 2 }),
    networks: starts.map((start) => oneWeight({ start })),
    loss: binaryCrossEntropy(),
    optimizer: sgd(),
    metrics: [jaccard()],
    folds: 2,
    training: { patch: 16, batchSize: 1, steps: 2, validateEvery: 2, checkpoints: ["loss"] },
    backend: "cpu",
  });
  let text = "";
  const terminal = openTerminal({ write: (more) => (text += more) }, {});
  const loaded = { suite, registry: builtins, folder, file: null };
  const error: unknown = await benchmark(loaded, { out: join(folder, name), workers: 1 }, terminal).then(
    () => undefined,
    (thrown) => thrown,
  );
  return { error, text };
}

it("is 0 where every job finished", async () => {
  expect((await ended("all", [0])).error).toBeUndefined();
});

it("is 3 where some did not: each is named at the end, and its network keeps its row", async () => {
  const { error, text } = await ended("some", [0, null]);
  expect(error).toMatchObject({ status: 3 });
  expect(text).toMatch(/one-weight-start-null +n\/a +0 \(2 failed\)/m);
  expect(text).toContain("! 2 of 4 jobs did not finish. Run the same command again to try them again:");
  expect(text.match(/^✗ one-weight-start-null\/fold-[01]\/seed-\d+: .*/gm)).toHaveLength(2);
});

it("is 1 where none did, and the error says why", async () => {
  const { error, text } = await ended("none", [null]);
  expect(error).toMatchObject({
    name: "EmStellarError",
    message: expect.stringMatching(/^No network finished training\./),
  });
  expect(text).toContain("! 2 of 2 jobs did not finish.");
});
