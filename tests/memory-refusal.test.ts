import { wasm } from "@em-stellar/backend-wasm";
import { memoryStore } from "@em-stellar/core";
import { phantom } from "@em-stellar/data";
import { binaryCrossEntropy } from "@em-stellar/losses";
import { jaccard } from "@em-stellar/metrics";
import { preluNet, unetBn } from "@em-stellar/nets-unet";
import { adam } from "@em-stellar/optimizers";
import { defineSuite, planSuite } from "@em-stellar/runner";
import { builtins } from "em-stellar";
import { afterAll, expect, it } from "vitest";

const device = await wasm().start();
afterAll(() => device.dispose());

/** Plans a suite of the paper's U-net and a small network. A batch of 16 patches is as large as the paper's four of twice the side. */
function plan(training: object) {
  const suite = defineSuite({
    name: "wide",
    data: phantom({ size: 256, trainImages: 2, groups: 2, testImages: 1 }),
    networks: [unetBn({ baseFilters: 64, dropout: null }), preluNet({ baseFilters: 4 })],
    loss: binaryCrossEntropy(),
    optimizer: adam(),
    metrics: [jaccard()],
    folds: 2,
    seeds: [1],
    training: { patch: 256, steps: 2, validateEvery: 2, ...training },
  });
  const store = memoryStore();
  return { store, planned: planSuite(suite, { registry: builtins, device, store }) };
}

it("refuses a network that does not fit, before anything is written, and says what would fit", async () => {
  const { store, planned } = plan({ batchSize: 16 });
  await expect(planned).rejects.toThrow(
    /^Training "unet-bn" does not fit into the memory of wasm, with training\.patch 256 and training\.batchSize 16\. It would fit with training\.microBatch: 8 \(3\d{3} MiB\), or with training\.recompute: true \(3\d{3} MiB\)\.$/,
  );
  expect(await store.list("")).toEqual([]);
});

it("plans what it has said would fit", async () => {
  const { run } = await plan({ batchSize: 16, microBatch: 4 }).planned;
  expect(run.jobs).toHaveLength(4);
});
