// A network of ours and the runner; everything else is written here.
import { createRegistry, defineDataSource, defineMetric, definePlugin, maskOf, memoryStore } from "@em-stellar/core";
import { type Device, defineLoss, defineOptimizer } from "@em-stellar/core/training";
import nets, { unetBn } from "@em-stellar/nets-unet";
import { defineSuite, runSuite } from "@em-stellar/runner";
import "@tensorflow/tfjs-backend-cpu";
import { mean, memory, ready, squaredDifference, train } from "@tensorflow/tfjs-core";

const side = 16;
const isObject = (left: number) => (i: number) => i % side >= left && i % side < left + 6;
const sample = (id: string, left: number) => ({
  id,
  group: id,
  image: async () => {
    const data = Uint8Array.from({ length: side * side }, (_, i) => (isObject(left)(i) ? 60 : 180) + ((i * 7) % 11));
    return { width: side, height: side, channels: 1, data };
  },
  mask: async () => maskOf(side, side, isObject(left)),
});
const bars = defineDataSource({
  id: "bars",
  summary: "Dark bars",
  defaults: {},
  open: async () => ({ train: [1, 4, 6, 9].map((x) => sample(`train-${x}`, x)), test: [sample("test", 3)] }),
});
const squared = defineLoss({
  id: "squared",
  summary: "Mean squared error",
  defaults: {},
  compute: (truth, prediction) => mean(squaredDifference(truth, prediction)),
});
const plain = defineOptimizer({
  id: "plain",
  summary: "Adam of tfjs",
  defaults: { learningRate: 0.02 },
  create: (_, { learningRate }) => train.adam(learningRate),
});
const right = defineMetric({
  id: "right",
  summary: "Share of the pixels that are right",
  defaults: {},
  goal: "maximize",
  range: [0, 1],
  accumulate() {
    let [agreed, pixels] = [0, 0];
    return {
      add({ truth, prediction }) {
        for (let i = 0; i < truth.data.length; i++) {
          const [given, called] = [truth, prediction].map(({ data, maximum }) => (data[i] as number) / maximum > 0.5);
          agreed += given === called ? 1 : 0;
        }
        pixels += truth.data.length;
      },
      result: () => (pixels === 0 ? undefined : agreed / pixels),
    };
  },
});

await ready();
const device: Device = {
  backend: "cpu",
  options: {},
  description: "plain JavaScript",
  details: {},
  prepare: (model) => model,
  peakBytes: () => memory().numBytes,
  dispose: async () => {},
};
const own = definePlugin({ name: "own", version: "1.0.0", components: [bars, squared, plain, right] });
const suite = defineSuite({
  name: "bars",
  data: bars(),
  networks: [unetBn({ baseFilters: 2, depth: 1, dropout: null, head: "stable", batchNormMomentum: 0.9 })],
  loss: squared(),
  optimizer: plain(),
  metrics: [right()],
  folds: 2,
  training: { patch: 16, batchSize: 2, steps: 20, validateEvery: 10 },
  augmentation: null,
});
for await (const event of runSuite(suite, { registry: createRegistry(nets, own), device, store: memoryStore() })) {
  if (event.type !== "run-finished") continue;
  const [method] = event.results.methods;
  console.log(
    JSON.stringify({ name: method?.name, states: method?.runs.map(({ state }) => state), ...method?.pooled }),
  );
}
