/**
 * What a GPU does with our networks: training steps with our WebGPU kernels and with tfjs's, the time of each shader, the
 * convolution kernels one by one, the same steps in PyTorch where Python has it, and a training to a score on real data.
 * What is absent is said, and the rest goes on. `npm run bench gpu -- --help`; docs/performance.md tells how to take it to a
 * machine with a GPU. Numbers go to results/gpu.json after each part, so that a crash costs only the part it comes in.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Device } from "@em-stellar/core/training";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { runFromCommandLine } from "./command-line.js";
import { smallPass } from "./gpu/check-network.js";
import { convolutionRates } from "./gpu/convolution-rates.js";
import { countNetwork } from "./gpu/count-step.js";
import { describeNetwork } from "./gpu/describe-network.js";
import { currentKernels } from "./gpu/kernel-sets.js";
import { knownGpu } from "./gpu/known-gpus.js";
import { kernelKinds, measureStep, sizesOf } from "./gpu/measure-steps.js";
import { networks } from "./gpu/networks.js";
import { openDevice } from "./gpu/open-device.js";
import { type GpuOptions, type Part, parseOptions, usage } from "./gpu/options.js";
import {
  printCheck,
  printConvolutions,
  printCounts,
  printProfile,
  printScore,
  printSteps,
  printTorch,
  type Report,
} from "./gpu/report.js";
import { trainToScore } from "./gpu/score.js";
import { agrees, type Python, torchCheck, torchSteps } from "./gpu/torch.js";
import { warmUp } from "./gpu/warm-up.js";
import { convolutionsOf } from "./training-step/convolutions.js";

const data = process.env.EM_STELLAR_DATA;
const stock = currentKernels(); // before a device brings ours

async function main(options: GpuOptions): Promise<void> {
  const python: Python = {
    command: options.python,
    script: fileURLToPath(new URL("gpu/torch_step.py", import.meta.url)),
  };
  const report: Report = {
    node: process.version,
    options,
    device: null,
    gpu: null,
    counts: [],
    steps: [],
    convolutions: [],
    checks: [],
    torch: [],
    score: null,
    absent: [],
  };
  const file = options.out ?? fileURLToPath(new URL("results/gpu.json", import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  /** Does a part, if it is wanted; one that fails leaves a line. */
  const attempt = async (part: Part, what: string, run: () => Promise<void>): Promise<void> => {
    if (!options.parts.includes(part)) return;
    try {
      await run();
    } catch (cause) {
      const line = `${what}: ${(cause instanceof Error ? cause.message : String(cause)).split("\n")[0]}`;
      report.absent.push(line);
      console.log(`\nNot measured: ${line}`);
    }
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  };
  const withDevice = async <Result>(use: (device: Device) => Promise<Result>): Promise<Result> => {
    const device = await openDevice(options.allowSoftware);
    try {
      return await use(device);
    } finally {
      await device.dispose();
    }
  };

  try {
    await withDevice(async ({ description, details }) => {
      report.device = { description, ...details };
      report.gpu = knownGpu(`${details.adapter}`) ?? null;
      const peak = report.gpu && `${report.gpu.teraflops} TFLOP/s in float32, ${report.gpu.gigabytes} GB/s`;
      console.log(`${description}; ${details.driver}\nPeaks: ${peak ?? "not known here (bench/gpu/known-gpus.ts)"}`);
    });
  } catch (cause) {
    report.absent.push(`WebGPU: ${(cause as Error).message}`);
    console.log(`\nNot measured: everything on WebGPU. ${(cause as Error).message}`);
  }
  const webgpu = report.device !== null;

  for (const kernels of webgpu ? kernelKinds : []) {
    for (const id of options.networks) {
      await attempt("count", `counts of ${id}, ${kernels}`, async () => {
        report.counts.push(await countNetwork(id, kernels, stock, options));
      });
    }
  }
  if (report.counts.length > 0) printCounts(report.counts);

  for (const kernels of webgpu ? kernelKinds : []) {
    for (const id of options.networks) {
      await attempt("step", `step of ${id}, ${kernels}`, async () => {
        const measured = await measureStep(id, kernels, stock, options);
        report.steps.push(measured);
        printProfile(measured, report.gpu);
      });
    }
  }
  if (report.steps.length > 0) printSteps(report);

  if (webgpu && options.networks.includes("unet-bn")) {
    await attempt("convolutions", "convolution kernels", () =>
      withDevice(async (device) => {
        const { side, batch, base } = sizesOf("unet-bn", options);
        const network = () => networks["unet-bn"].create({ baseFilters: base, head: "faithful" });
        await warmUp(device, { name: "unet-bn", network, side, batch });
        const model = network().build([side, side, 1], () => 1);
        const convolutions = convolutionsOf(model);
        model.dispose();
        const milliseconds = (1000 * options.seconds) / 100;
        report.convolutions = await convolutionRates(convolutions, batch, currentKernels(), stock, milliseconds);
        printConvolutions(report.convolutions);
      }),
    );
  }

  for (const id of options.networks) {
    if (webgpu) {
      await attempt("check", `check of ${id} with PyTorch`, async () => {
        const pass = await withDevice(({ prepare }) => smallPass(id, prepare));
        const check = await torchCheck(pass, python);
        report.checks.push({ ...check, agrees: agrees(check) });
        printCheck(check);
        if (!agrees(check)) throw new Error("PyTorch computes something else; see the line above");
      });
    }
    await attempt("torch", `${id} in PyTorch`, async () => {
      const { side, batch, base } = sizesOf(id, options);
      await tf.setBackend("cpu"); // to look at the layers
      const model = networks[id].create({ baseFilters: base, head: "faithful" }).build([side, side, 1], () => 1);
      const description = describeNetwork(model);
      const operations = 6 * batch * convolutionsOf(model).reduce((sum, { macs }) => sum + macs, 0);
      model.dispose();
      const { steps, seconds } = options;
      const measured = await torchSteps(description, { side, batch, steps, seconds }, python);
      report.torch.push({ network: id, operations, ...measured });
      printTorch(report, id);
    });
  }

  if (webgpu) {
    await attempt("score", "training to a score", async () => {
      if (!data) throw new Error("EM_STELLAR_DATA does not name the folder of the data sets");
      report.score = await withDevice((device) => trainToScore(device, options.scoreSteps));
      printScore(report.score);
    });
  }
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\nNumbers: ${file}`);
}

await runFromCommandLine(parseOptions, usage, main);
