/**
 * Whether `run --dry-run` estimates the time of a run within a factor of 1.5: four suites on invented images, each estimated
 * and then run on an empty folder, in this process. `npm run bench estimate`; the table also goes to bench/results/estimate.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { constant, objectClassifier, otsu, pixelClassifier, smoothedThreshold } from "@em-stellar/baselines";
import { phantom } from "@em-stellar/data";
import { binaryCrossEntropy, dice } from "@em-stellar/losses";
import { aucRoc, averagePrecision, f1, jaccard, vInfo, vRand } from "@em-stellar/metrics";
import { emNetV1_2x, emNetV1Bn } from "@em-stellar/nets-emnet";
import { preluNet, unet, unetBn } from "@em-stellar/nets-unet";
import { radam } from "@em-stellar/optimizers";
import { defineSuite, type SuiteDefinition } from "@em-stellar/runner";
import { benchmark } from "../packages/em-stellar/src/commands/benchmark.js";
import { dryRun } from "../packages/em-stellar/src/commands/dry-run.js";
import { builtins } from "../packages/em-stellar/src/registry.js";
import { openTerminal } from "../packages/em-stellar/src/terminal/terminal.js";

const shared = {
  optimizer: radam(),
  folds: 2,
  baselines: [],
  backend: "wasm",
} satisfies Partial<SuiteDefinition>;
const suites: readonly SuiteDefinition[] = [
  {
    ...shared,
    name: "small-patches",
    data: phantom({ size: 192, trainImages: 6, testImages: 4 }),
    networks: [unet({ depth: 2, baseFilters: 8 }), preluNet({ depth: 2, baseFilters: 8 })],
    loss: binaryCrossEntropy(),
    metrics: [jaccard()],
    training: { patch: 64, batchSize: 4, steps: 150, validateEvery: 50 },
  },
  {
    ...shared,
    name: "many-validations",
    data: phantom({ size: 256, trainImages: 8, testImages: 6 }),
    networks: [unetBn({ depth: 3, baseFilters: 4 })],
    loss: dice(),
    metrics: [jaccard(), f1(), aucRoc()],
    training: { patch: 96, batchSize: 2, steps: 120, validateEvery: 10, threshold: "validation" },
  },
  {
    ...shared,
    name: "sweep-of-em-net",
    data: phantom({ size: 192, trainImages: 6, testImages: 4 }),
    networks: [emNetV1Bn({ baseFilters: 4 })],
    loss: binaryCrossEntropy(),
    metrics: [jaccard()],
    training: [
      { name: "batch-1", patch: 96, batchSize: 1, steps: 120, validateEvery: 60 },
      { name: "batch-4", patch: 96, batchSize: 4, steps: 60, validateEvery: 30 },
    ],
  },
  {
    ...shared,
    name: "criteria-and-classifiers",
    data: phantom({ size: 192, trainImages: 8, testImages: 6 }),
    networks: [emNetV1_2x({ baseFilters: 4 })],
    loss: dice(),
    metrics: [jaccard(), f1(), vRand(), vInfo(), aucRoc(), averagePrecision()],
    training: {
      patch: 96,
      batchSize: 4,
      steps: 100,
      validateEvery: 20,
      checkpoints: ["jaccard", "loss", "f1", "auc-roc"],
    },
    baselines: [constant(), otsu(), smoothedThreshold(), pixelClassifier(), objectClassifier()],
  },
];

// The clock is the processor's time, so that other programs on the machine do not count: all of a run in this process is on
// its threads. Set before anything is timed.
performance.now = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const folder = mkdtempSync(join(tmpdir(), "em-stellar-estimate-"));
const table: { suite: string; estimated: number; taken: number; factor: number }[] = [];
try {
  for (const definition of suites) {
    const loaded = { suite: defineSuite(definition), registry: builtins, folder, file: null };
    const options = { out: join(folder, definition.name), executor: "in-process" };
    let said = "";
    const terminal = () => openTerminal({ write: (text: string) => (said += text) }, {});
    await dryRun(loaded, options, terminal());
    const estimated = secondsIn(/About (.+?) for/.exec(said)?.[1] ?? "");
    const start = performance.now();
    await benchmark(loaded, options, terminal());
    const taken = (performance.now() - start) / 1000;
    const factor = Math.max(taken / estimated, estimated / taken);
    table.push({ suite: definition.name, estimated, taken, factor });
    console.log(
      `${definition.name}: ${estimated} s estimated, ${taken.toFixed(1)} s taken, factor ${factor.toFixed(2)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
writeFileSync(
  new URL("results/estimate.json", import.meta.url),
  `${JSON.stringify({ processor: cpus()[0]?.model, node: process.version, table }, null, 2)}\n`,
);
if (table.some(({ factor }) => factor > 1.5)) process.exitCode = 1;

/** Seconds of `9 s`, `3 min 05 s` or `1 h 02 min`. */
function secondsIn(duration: string): number {
  const unit = { h: 3600, min: 60, s: 1 };
  return [...duration.matchAll(/(\d+) (h|min|s)/g)].reduce(
    (sum, [, number, name]) => sum + Number(number) * unit[name as keyof typeof unit],
    0,
  );
}
