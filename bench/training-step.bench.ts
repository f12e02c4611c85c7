/**
 * How fast networks train here, and where the time goes: our kernels on every backend that this machine has, beside those of
 * tfjs and of tfjs-node alone, in one process. One training step counts as 6 × the multiply-accumulates of its convolutions. Compare ratios,
 * not times of different runs: machines are noisy, and the times are of the fastest steps. Numbers also go to
 * bench/results/training-step.json. `npm run bench training-step`
 */
import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cuda, tensorflow } from "@em-stellar/backend-tensorflow";
import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import type { Backend } from "@em-stellar/core/training";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { type Case, cases } from "./training-step/cases.js";
import { convolutionsOf, forwardTime, macsOf } from "./training-step/convolutions.js";
import { fastest } from "./training-step/measure.js";
import { profile } from "./training-step/profile.js";
import { trainer } from "./training-step/step.js";
import { composedFilterGradient, startStockThreads } from "./training-step/stock.js";

interface Measurement {
  readonly case: string;
  readonly kernels: string;
  readonly milliseconds: number;
  readonly gflops: number;
  /** Beside tfjs's forward convolution with the same number of threads. */
  readonly ofForward: number | null;
  readonly heapMiB: number;
  readonly shares: Readonly<Record<string, number>>;
}

const seconds = 4;
const entry = fileURLToPath(import.meta.url);

/** Steps that a process of its own does in a few seconds, begun with others at the same moment. */
async function countSteps(): Promise<void> {
  const device = await wasm().start();
  const { step } = trainer(cases[0] as Case, device.prepare, false);
  for (let i = 0; i < 3; i++) await step();
  process.send?.("ready");
  await new Promise((go) => process.once("message", go));
  const start = performance.now();
  let steps = 0;
  while (performance.now() - start < 1000 * seconds) {
    await step();
    steps++;
  }
  process.send?.((1000 * steps) / (performance.now() - start));
  process.disconnect();
  await device.dispose();
}

/** Steps a second of `count` processes together. */
async function processes(count: number): Promise<number> {
  const children = Array.from({ length: count }, () => fork(entry, ["steps"]));
  const next = () => Promise.all(children.map((child) => new Promise((resolve) => child.once("message", resolve))));
  await next();
  const rates = next();
  for (const child of children) child.send("go");
  return ((await rates) as number[]).reduce((sum, rate) => sum + rate, 0);
}

async function measure(
  which: Case,
  kernels: string,
  prepare: Parameters<typeof trainer>[1],
  plain: boolean,
  steps: number,
  forwardRate: number | null,
): Promise<Measurement> {
  const { model, step, dispose } = trainer(which, prepare, plain);
  const operations = 6 * macsOf(convolutionsOf(model)) * which.batch;
  if (!plain) await step();
  const milliseconds = await fastest(steps, step);
  const shares = await profile(step);
  dispose();
  // tfjs's wasm backend does not declare its memory.
  const { wasm: module } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  const gflops = operations / milliseconds / 1e6;
  return {
    case: which.name,
    kernels,
    milliseconds,
    gflops,
    ofForward: forwardRate && gflops / forwardRate,
    heapMiB: (module?.HEAPU8.byteLength ?? 0) / 2 ** 20,
    shares,
  };
}

/** GFLOP/s of tfjs's forward convolutions over each case's layers, on the current backend. */
async function forwardRates(kernel: tf.KernelConfig["kernelFunc"]): Promise<Map<string, number>> {
  const rates = new Map<string, number>();
  for (const which of cases) {
    const { model, dispose } = trainer(which, (plain) => plain, true);
    const convolutions = convolutionsOf(model);
    const time = await forwardTime(kernel, convolutions, which.batch);
    rates.set(which.name, (2 * macsOf(convolutions) * which.batch) / time / 1e6);
    dispose();
  }
  return rates;
}

/** tfjs-node without our kernels, which a released device has taken back. */
async function stockTensorflow(factory: ReturnType<typeof tf.findBackendFactory>): Promise<Measurement[]> {
  tf.registerBackend("tensorflow", factory);
  await tf.setBackend("tensorflow");
  const results: Measurement[] = [];
  for (const which of cases) results.push(await measure(which, "tfjs-node", (model) => model, true, 10, null));
  tf.removeBackend("tensorflow");
  return results;
}

async function main(): Promise<void> {
  const stockConv2D = (tf.getKernel("Conv2D", "wasm") as tf.KernelConfig).kernelFunc;
  const results: Measurement[] = [];
  const absent: string[] = [];

  await tf.setBackend("wasm");
  const oneThread = await forwardRates(stockConv2D);
  tf.registerKernel(composedFilterGradient);
  for (const which of cases) {
    results.push(await measure(which, "tfjs", (model) => model, true, 1, oneThread.get(which.name) ?? null));
  }
  tf.unregisterKernel(composedFilterGradient.kernelName, "wasm");
  const stop = await startStockThreads(2);
  const twoThreads = await forwardRates(stockConv2D);
  stop();

  const variants: [name: string, backend: Backend, rates: Map<string, number> | null][] = [
    ["wasm", wasm(), oneThread],
    ["wasm, strict SIMD", wasm({ simd: "strict" }), oneThread],
    ["wasm, 2 threads", wasm({ threads: 2 }), twoThreads],
    ["webgpu", webgpu(), null],
    ["cuda", cuda(), null], // before the next: a process can load only one of their packages
    ["tensorflow", tensorflow(), null],
  ];
  const devices: string[] = [];
  for (const [name, backend, rates] of variants) {
    try {
      const device = await backend.start();
      devices.push(device.description);
      for (const which of cases) {
        results.push(await measure(which, name, device.prepare, false, 10, rates?.get(which.name) ?? null));
      }
      const factory = tf.findBackendFactory(tf.getBackend());
      await device.dispose();
      if (name === "tensorflow") results.push(...(await stockTensorflow(factory)));
    } catch (cause) {
      absent.push(`${name}: ${(cause as Error).message}`);
    }
  }
  const [one, two] = [await processes(1), await processes(2)];

  const file = new URL("results/training-step.json", import.meta.url);
  const numbers = { node: process.version, devices, absent, results, processes: { one, two } };
  writeFileSync(file, `${JSON.stringify(numbers, null, 2)}\n`);

  console.log("One training step (forward, loss, backward, Adam). tfjs: its own operations, filter gradient composed.");
  for (const { name, side, batch } of cases) {
    const rows = results.filter((result) => result.case === name);
    const millisecondsOf = (name: string) => rows.find(({ kernels }) => kernels === name)?.milliseconds ?? Number.NaN;
    const [stock, ours] = [millisecondsOf("tfjs"), millisecondsOf("wasm")];
    const rate = `${oneThread.get(name)?.toFixed(1)} GFLOP/s on one thread, ${twoThreads.get(name)?.toFixed(1)} on two`;
    console.log(`\n${name}, ${side}² × ${batch}. tfjs's forward convolutions: ${rate}`);
    console.log(
      `  ${"kernels".padEnd(20)}${"ms".padStart(8)}${"GFLOP/s".padStart(9)}${"of forward".padStart(12)}${"× tfjs".padStart(8)}${"× wasm".padStart(8)}${"MiB".padStart(6)}`,
    );
    for (const { kernels, milliseconds, gflops, ofForward, heapMiB } of rows) {
      console.log(
        `  ${kernels.padEnd(20)}${milliseconds.toFixed(0).padStart(8)}${gflops.toFixed(1).padStart(9)}` +
          `${(ofForward?.toFixed(2) ?? "").padStart(12)}${(stock / milliseconds).toFixed(1).padStart(8)}` +
          `${(ours / milliseconds).toFixed(2).padStart(8)}${heapMiB.toFixed(0).padStart(6)}`,
      );
    }
    for (const { kernels, shares } of rows) {
      const largest = Object.entries(shares).slice(0, 9);
      console.log(
        `  ${kernels}: ${largest.map(([kernel, share]) => `${kernel} ${(100 * share).toFixed(0)} %`).join(", ")}`,
      );
    }
  }
  console.log(`\nTwo processes with one thread each: ${(two / one).toFixed(2)} × the steps of one.`);
  if (absent.length > 0) console.log(`\nNot here:\n  ${absent.join("\n  ")}`);
}

if (process.argv[2] === "steps") await countSteps();
else await main();
