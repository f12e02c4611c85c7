import "@tensorflow/tfjs-backend-cpu";
import { createRegistry, definePlugin, memoryStore, type Results } from "@em-stellar/core";
import { applyLayer, type CountsOperations, type Device, defineNetwork } from "@em-stellar/core/training";
import { defineSuite, runSuite } from "@em-stellar/runner";
import { memory, setBackend, type Tensor } from "@tensorflow/tfjs-core";
import { input, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { agreement, discData, squaredError, stockAdam, tinyNet } from "./tiny.js";

beforeAll(async () => {
  await setBackend("cpu");
});

/** Passes on what it gets, and cannot count. */
class Muddle extends layers.Layer implements CountsOperations {
  static readonly className = "EmStellarTestMuddle";
  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return inputs;
  }
  countOperations() {
    return { macs: Number.NaN, other: 0 };
  }
}
const muddled = defineNetwork({
  id: "muddled",
  summary: "A network that cannot be counted, for tests.",
  defaults: {},
  layers: [Muddle],
  stride: () => 1,
  build(_, shape) {
    const image = input({ shape: [...shape] });
    const x = applyLayer(layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid" }), image);
    return model({ inputs: image, outputs: applyLayer(new Muddle({ name: "muddle" }), x) });
  },
});

it("results say what each network costs for one patch; one that cannot be counted is a warning, not the end", async () => {
  const components = [agreement, discData, squaredError, stockAdam, tinyNet, muddled];
  const registry = createRegistry(definePlugin({ name: "tiny", version: "1.0.0", components }));
  const device: Device = {
    backend: "cpu",
    options: {},
    description: "cpu",
    details: {},
    prepare: (model) => model,
    peakBytes: () => memory().numBytes,
    dispose: async () => {},
  };
  const suite = defineSuite({
    name: "small",
    data: discData(),
    networks: [tinyNet(), muddled()],
    loss: squaredError(),
    optimizer: stockAdam(),
    metrics: [agreement()],
    folds: 2,
    training: { patch: 16, batchSize: 2, steps: 2, validateEvery: 2 },
  });
  let results: Results | undefined;
  for await (const event of runSuite(suite, { registry, device, store: memoryStore() })) {
    if (event.type === "run-finished") results = event.results;
  }
  const costs = new Map(results?.methods.map((method) => [method.name, method]));
  // 256 places: 3 · 3 taps to 4 filters, 4 to 1; 1280 biases; 2 · 1024 for the normalisation, 1024 ReLUs, 4 · 256 sigmoids.
  expect(costs.get("tiny-net")).toMatchObject({
    parameters: { trainable: 53, nonTrainable: 8 },
    complexity: {
      ...{ height: 16, width: 16, channels: 1, macs: 10240 },
      flops: { conv: 20480, tfProfiler: 21760, allOp: 25856 },
      unknownLayers: [],
    },
  });
  expect(costs.get("muddled")).toMatchObject({ kind: "network", pooled: { agreement: expect.any(Number) } });
  expect(costs.get("muddled")).not.toHaveProperty("complexity");
  expect(results?.warnings).toContainEqual({
    code: "not-counted",
    message: expect.stringMatching(/^What muddled costs could not be counted: Layer "muddle" \(EmStellarTestMuddle\)/),
  });
});
