import "@tensorflow/tfjs-backend-cpu";
import {
  createRegistry,
  defineDataSource,
  definePlugin,
  memoryStore,
  type Results,
  type RunStore,
  type Sample,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { defineSuite, runSuite } from "@em-stellar/runner";
import { grad, memory, setBackend, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { lossWithout } from "../src/training/ignored-loss.js";
import { agreement, squaredError, stockAdam, tinyNet } from "./tiny.js";

const side = 16;
/** Images of noise, a square of the object, and a stripe of which the truth says nothing, whatever it holds there. */
const striped = (inStripe: number) =>
  defineDataSource({
    id: "striped",
    summary: "For tests.",
    defaults: {},
    async open() {
      const sampleOf = (id: string, shift: number): Sample => {
        const all = Array.from({ length: side * side }, (_, i) => i);
        const isIgnored = (i: number) => i % side < 4;
        const object = (i: number) => +(i % side > 6 && Math.floor(i / side) > shift);
        return {
          id,
          image: async () => ({
            width: side,
            height: side,
            channels: 1,
            data: Float32Array.from(all, (i) => Math.sin(i * (3 + shift)) + object(i)),
          }),
          mask: async () => ({
            width: side,
            height: side,
            data: Uint8Array.from(all, (i) => (isIgnored(i) ? inStripe : object(i))),
            maximum: 1,
            ignored: Uint8Array.from(all, (i) => +isIgnored(i)),
          }),
        };
      };
      return { train: [0, 2, 4, 6].map((i) => sampleOf(`a${i}`, i)), test: [sampleOf("t", 3)] };
    },
  });

const device: Device = {
  backend: "cpu",
  options: {},
  description: "cpu",
  details: {},
  prepare: (model) => model,
  peakBytes: () => memory().numBytes,
  dispose: async () => {},
};

async function train(inStripe: number) {
  const store: RunStore = memoryStore();
  const data = striped(inStripe);
  const registry = createRegistry(
    definePlugin({
      name: "tiny",
      version: "1.0.0",
      components: [agreement, data, squaredError, stockAdam, tinyNet],
    }),
  );
  const suite = defineSuite({
    name: "striped",
    data: data(),
    networks: [tinyNet()],
    baselines: [],
    loss: squaredError(),
    optimizer: stockAdam(),
    metrics: [agreement()],
    folds: 2,
    seeds: [1],
    training: { patch: 8, batchSize: 2, steps: 6, validateEvery: 3, checkpoints: ["loss"] },
  });
  let results: Results | undefined;
  for await (const event of runSuite(suite, { registry, device, store })) {
    if (event.type === "job-failed") throw new Error(JSON.stringify(event));
    if (event.type === "run-finished") results = event.results;
  }
  const files = (await store.list("jobs")).filter((path) => path.endsWith("weights.bin"));
  return { results, weights: await Promise.all(files.map((path) => store.read(path))) };
}

beforeAll(async () => {
  await setBackend("cpu");
});

describe("what a mask says nothing of", () => {
  it("adds nothing to a loss, and has no gradient", async () => {
    const shape: [number, number, number, number] = [1, 1, 4, 1];
    const truth = tensor4d([1, 0, 1, 0], shape);
    const ignored = tensor4d([0, 0, 1, 1], shape);
    const of = (values: number[]) => tensor4d(values, shape);
    const lossOf = (prediction: Tensor4D) => lossWithout(ignored, squaredError(), truth, prediction);
    // ((1 − 0.5)² + 0.25²) / 4, by hand, whatever stands in the last two.
    for (const rest of [
      [0, 1],
      [0.9, 0.3],
    ]) {
      expect((await lossOf(of([0.5, 0.25, ...rest])).data())[0]).toBeCloseTo(0.3125 / 4, 6);
    }
    const gradient = grad((prediction) => lossOf(prediction as Tensor4D))(of([0.5, 0.25, 0.9, 0.3]));
    expect([...(await gradient.data())]).toEqual([-0.25, 0.125, 0, 0].map((value) => expect.closeTo(value, 6)));
  });

  it("changes no weight of a training and no score, whatever is drawn there", async () => {
    const [background, object] = [await train(0), await train(1)];
    expect(background.weights.length).toBeGreaterThan(0);
    expect(object.weights).toEqual(background.weights);
    const scores = ({ results }: typeof background) =>
      results?.methods.map(({ pooled, runs }) => ({
        pooled,
        runs: runs.map(({ pooled, perImage, validation }) => ({ pooled, perImage, validation })),
      }));
    expect(scores(background)?.length).toBe(1);
    expect(scores(object)).toEqual(scores(background));
    expect(object.results?.data.foreground).toBe(background.results?.data.foreground);
  });
});
