/**
 * How fast a U-net trains on the wasm backend, and where the time goes: our kernels beside what tfjs has (its missing
 * filter gradient composed of matrix products), in one process. Times are the processor's, so that a busy machine
 * disturbs them less; compare ratios, not times of different runs. `npm run bench wasm-step`; the numbers also go to
 * bench/results/wasm-step.json.
 */
import { writeFileSync } from "node:fs";
import { startBackend } from "@em-stellar/backends";
import { unetBn } from "@em-stellar/nets-unet";
import { adam } from "@em-stellar/optimizers";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

interface Case {
  readonly name: string;
  readonly baseFilters: number;
  readonly side: number;
  readonly batch: number;
  readonly steps: number;
}

interface Measurement {
  readonly case: string;
  readonly kernels: "tfjs" | "em-stellar";
  readonly milliseconds: number;
  /** 6 × multiply-accumulates of the convolutions, over the fastest step. */
  readonly gflops: number;
  /** The forward convolutions of the same step alone: 2 × multiply-accumulates over their time. */
  readonly forwardGflops: number;
  readonly heapMiB: number;
  readonly shares: Readonly<Record<string, number>>;
}

const cases: readonly Case[] = [
  { name: "base 8, 96² × 4", baseFilters: 8, side: 96, batch: 4, steps: 10 },
  { name: "base 16, 256² × 1", baseFilters: 16, side: 256, batch: 1, steps: 4 },
];

function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function timed(run: () => void): number {
  const start = processorMilliseconds();
  run();
  return processorMilliseconds() - start;
}

/** Multiply-accumulates of a model's convolutions for one image. */
function multiplications(model: LayersModel): number {
  return model.layers
    .filter((layer) => layer.getClassName() === "Conv2D")
    .reduce((sum, layer) => {
      const [, height, width] = layer.outputShape as [null, number, number];
      return sum + height * width * (layer.getWeights()[0] as tf.Tensor).size;
    }, 0);
}

function trainer(model: LayersModel, { side, batch }: Case, optimizer: tf.Optimizer): () => void {
  const x = tf.randomUniform([batch, side, side, 1], 0, 1, "float32", 1);
  const truth = tf.cast(tf.greater(x, 0.5), "float32");
  // LayerVariable keeps its variable in a protected member, which an optimizer needs.
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  const loss = () => {
    const prediction = tf.clipByValue(model.apply(x, { training: true }) as tf.Tensor, 1e-7, 1 - 1e-7);
    const object = tf.mul(truth, tf.log(prediction));
    const background = tf.mul(tf.sub(1, truth), tf.log(tf.sub(1, prediction)));
    return tf.neg(tf.mean(tf.add(object, background))) as tf.Scalar;
  };
  return () => {
    const cost = optimizer.minimize(loss, true, variables) as tf.Scalar;
    cost.dataSync();
    cost.dispose();
  };
}

/** Processor time of each kernel in one run. */
function profile(run: () => void): Map<string, number> {
  const times = new Map<string, number>();
  const kernels = tf.getKernelsForBackend("wasm");
  const replace = (kernel: tf.KernelConfig) => {
    tf.unregisterKernel(kernel.kernelName, "wasm");
    tf.registerKernel(kernel);
  };
  let inside = false; // the time of a kernel that calls others is its own
  for (const kernel of kernels) {
    replace({
      ...kernel,
      kernelFunc(call) {
        if (inside) return kernel.kernelFunc(call);
        inside = true;
        const start = processorMilliseconds();
        const outputs = kernel.kernelFunc(call);
        const spent = processorMilliseconds() - start;
        times.set(kernel.kernelName, (times.get(kernel.kernelName) ?? 0) + spent);
        inside = false;
        return outputs;
      },
    });
  }
  run();
  for (const kernel of kernels) replace(kernel);
  return times;
}

function measure(
  which: Case,
  kernels: Measurement["kernels"],
  prepare: (model: LayersModel) => LayersModel,
): Measurement {
  let seed = 1;
  const { baseFilters, side, batch } = which;
  const network = unetBn({ baseFilters, dropout: null, head: "stable" });
  const model = prepare(network.build([side, side, 1], () => seed++));
  const optimizer = kernels === "tfjs" ? tf.train.adam(1e-3) : adam().create({ totalSteps: 1000 });
  const step = trainer(model, which, optimizer);
  step();
  const milliseconds = Math.min(...Array.from({ length: which.steps }, () => timed(step)));
  const times = profile(step);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const operations = 2 * multiplications(model) * batch;
  const forward = (times.get("FusedConv2D") ?? 0) + (times.get("Conv2D") ?? 0);
  // tfjs's backend does not declare its memory.
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  const result: Measurement = {
    case: which.name,
    kernels,
    milliseconds,
    gflops: (3 * operations) / milliseconds / 1e6,
    forwardGflops: operations / forward / 1e6,
    heapMiB: wasm.HEAPU8.byteLength / 2 ** 20,
    shares: Object.fromEntries([...times].sort((a, b) => b[1] - a[1]).map(([name, time]) => [name, time / total])),
  };
  optimizer.dispose();
  model.dispose();
  return result;
}

/** The filter gradient that tfjs lacks on wasm, of its own operations: one matrix product per tap, stride 1. */
const composedFilterGradient: tf.KernelConfig = {
  kernelName: "Conv2DBackpropFilter",
  backendName: "wasm",
  kernelFunc({ inputs, attrs }) {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const [height, width, inChannels, outChannels] = (attrs as { filterShape: number[] }).filterShape as [
      number,
      number,
      number,
      number,
    ];
    return tf.tidy(() => {
      const [batch, rows, columns] = dy.shape;
      const [top, left] = [Math.floor((height - 1) / 2), Math.floor((width - 1) / 2)];
      const padded = tf.pad(x, [
        [0, 0],
        [top, height - 1 - top],
        [left, width - 1 - left],
        [0, 0],
      ]);
      const flat = tf.reshape(dy, [-1, outChannels]);
      const taps: tf.Tensor[] = [];
      for (let r = 0; r < height; r++) {
        for (let c = 0; c < width; c++) {
          const under = tf.slice(padded, [0, r, c, 0], [batch, rows, columns, inChannels]);
          taps.push(tf.matMul(tf.reshape(under, [-1, inChannels]), flat, true, false));
        }
      }
      return tf.reshape(tf.stack(taps), [height, width, inChannels, outChannels]);
    });
  },
};

const results: Measurement[] = [];
const device = await startBackend("wasm");
for (const which of cases) results.push(measure(which, "em-stellar", device.prepare));
await device.dispose();

await tf.setBackend("wasm");
tf.registerKernel(composedFilterGradient);
for (const which of cases) results.push(measure({ ...which, steps: 1 }, "tfjs", (model) => model));

writeFileSync(
  new URL("results/wasm-step.json", import.meta.url),
  `${JSON.stringify({ device: device.description, ...device.details, results }, null, 2)}\n`,
);
console.log(`U-net with batch normalization, one training step, ${device.description}`);
for (const { name } of cases) {
  const [ours, stock] = results.filter((result) => result.case === name) as [Measurement, Measurement];
  console.log(`\n${name}: ${(stock.milliseconds / ours.milliseconds).toFixed(1)} × as fast as tfjs`);
  for (const { kernels, milliseconds, gflops, forwardGflops, heapMiB, shares } of [stock, ours]) {
    console.log(
      `  ${kernels}: ${milliseconds.toFixed(0)} ms, ${gflops.toFixed(1)} GFLOP/s ` +
        `(${(gflops / forwardGflops).toFixed(2)} of the forward convolution's ${forwardGflops.toFixed(1)}), heap ${heapMiB.toFixed(0)} MiB`,
    );
    const largest = Object.entries(shares).slice(0, 10);
    console.log(`    ${largest.map(([kernel, share]) => `${kernel} ${(100 * share).toFixed(0)} %`).join(", ")}`);
  }
}
