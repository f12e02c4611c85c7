/**
 * Suites of many jobs: how long 100 000 take to plan, and how long and how much memory 1000 take to plan, train (two steps of
 * a network of 11 weights on images of 64 × 64 pixels), start again when all is done, and report. One process does everything.
 * `npm run bench many-jobs`; the numbers also go to bench/results/many-jobs.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import { createRegistry, definePlugin, memoryStore, type Results } from "@em-stellar/core";
import { applyLayer, type Device, defineLoss, defineNetwork } from "@em-stellar/core/training";
import data, { phantom } from "@em-stellar/data";
import metrics, { jaccard } from "@em-stellar/metrics";
import optimizers, { sgd } from "@em-stellar/optimizers";
import { renderReport } from "@em-stellar/report";
import { defineSuite, planSuite, runSuite } from "@em-stellar/runner";
import { folderStore } from "@em-stellar/runner/node";
import { mean, mul, setBackend, squaredDifference } from "@tensorflow/tfjs-core";
import { input, layers, model } from "@tensorflow/tfjs-layers";

const tiny = defineNetwork({
  id: "tiny",
  summary: "One convolution",
  defaults: { number: 0 },
  stride: () => 1,
  build(_, shape) {
    const image = input({ shape: [...shape] });
    const output = layers.conv2d({ filters: 1, kernelSize: 3, padding: "same", activation: "sigmoid" });
    return model({ inputs: image, outputs: applyLayer(output, image) });
  },
});
const squares = defineLoss({
  id: "squares",
  summary: "Mean squared error",
  defaults: { factor: 1 },
  compute: (truth, prediction, { factor }) => mul(mean(squaredDifference(truth, prediction)), factor),
});
const registry = createRegistry(
  data,
  metrics,
  optimizers,
  definePlugin({ name: "many-jobs", version: "1.0.0", components: [tiny, squares] }),
);
const device: Device = {
  backend: "cpu",
  options: {},
  description: "cpu",
  details: {},
  prepare: (network) => network,
  peakBytes: () => 0,
  dispose: async () => {},
};

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const suiteOf = (networks: number, losses: number, seeds: number) =>
  defineSuite({
    name: "many-jobs",
    data: phantom({ size: 64, mitochondria: 12, trainImages: 4, testImages: 1, groups: 2 }),
    networks: upTo(networks).map((number) => tiny({ number })),
    loss: upTo(losses).map((factor) => squares({ factor })),
    optimizer: sgd(),
    metrics: [jaccard()],
    folds: 2,
    seeds: upTo(seeds),
    training: { patch: 16, batchSize: 1, steps: 2, validateEvery: 2 },
    baselines: [],
  });

const mebibytes = () => process.resourceUsage().maxRSS / 1024;
const measured: Record<string, number> = {};
async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  const [seconds, ofProcessor] = [(performance.now() - start) / 1000, (user + system) / 1e6];
  measured[`${name}, s`] = seconds;
  measured[`${name}, s of the processor`] = ofProcessor;
  measured[`highest memory so far, after ${name}, MiB`] = mebibytes();
  console.log(
    `${name}: ${seconds.toFixed(2)} s (${ofProcessor.toFixed(2)} s of the processor), highest memory so far ${mebibytes().toFixed(0)} MiB`,
  );
  return value;
}

await setBackend("cpu");
const { run } = await timed("planning 100 000 jobs", () =>
  planSuite(suiteOf(20, 10, 250), { registry, device, store: memoryStore() }),
);
if (run.jobs.length !== 100_000) throw new Error(`${run.jobs.length} jobs`);

const folder = mkdtempSync(join(tmpdir(), "em-stellar-many-"));
try {
  const store = await folderStore(folder);
  const play = async () => {
    let results: Results | undefined;
    let trained = 0;
    for await (const event of runSuite(suiteOf(10, 5, 10), { registry, device, store })) {
      if (event.type === "job-finished") {
        trained++;
        if (trained % 250 === 0) console.log(`  ${trained} jobs, highest memory so far ${mebibytes().toFixed(0)} MiB`);
      }
      if (event.type === "run-finished") results = event.results;
    }
    return { results: results as Results, trained };
  };
  const { trained } = await timed("1000 jobs, planned and trained", play);
  const again = await timed("the same again, all done", play);
  if (trained !== 1000 || again.trained !== 0) throw new Error(`${trained} and ${again.trained} trainings`);
  const page = await timed("their report", () => renderReport(again.results, { store }));
  console.log(`  ${(page.length / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(folder, { recursive: true });
}
writeFileSync(
  new URL("results/many-jobs.json", import.meta.url),
  `${JSON.stringify({ processor: cpus()[0]?.model, node: process.version, measured }, null, 2)}\n`,
);
