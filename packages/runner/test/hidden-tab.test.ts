import { createRegistry, definePlugin, memoryStore } from "@em-stellar/core";
import { expect, it, vi } from "vitest";

it("a training goes on where no frame is ever drawn, as in a worker of a browser's hidden tab", async () => {
  // Before anything is imported: tfjs looks for it once. setImmediate is what no browser has.
  vi.stubGlobal("requestAnimationFrame", () => 0);
  vi.stubGlobal("setImmediate", undefined);
  await import("@tensorflow/tfjs-backend-cpu");
  const { memory, setBackend } = await import("@tensorflow/tfjs-core");
  const { agreement, discData, squaredError, stockAdam, tinyNet } = await import("./tiny.js");
  const { defineSuite, runSuite } = await import("@em-stellar/runner");
  await setBackend("cpu");
  const components = [agreement, discData, squaredError, stockAdam, tinyNet];
  const suite = defineSuite({
    name: "hidden",
    data: discData(),
    networks: [tinyNet()],
    loss: squaredError(),
    optimizer: stockAdam(),
    metrics: [agreement()],
    folds: 2,
    training: { patch: 16, batchSize: 2, steps: 2, validateEvery: 1, checkpoints: ["loss"] },
  });
  const registry = createRegistry(definePlugin({ name: "tiny", version: "1.0.0", components }));
  const device = {
    backend: "cpu",
    options: {},
    description: "cpu",
    details: {},
    prepare: <Model>(model: Model) => model,
    peakBytes: () => memory().numBytes,
    dispose: async () => {},
  };
  const types: string[] = [];
  for await (const { type } of runSuite(suite, { registry, device, store: memoryStore() })) types.push(type);
  expect(types.filter((type) => type === "validation")).toHaveLength(4);
  expect(types.at(-1)).toBe("run-finished");
});
