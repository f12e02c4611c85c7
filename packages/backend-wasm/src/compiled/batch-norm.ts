import { activations, batchNormGradName, batchNormName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import { Job } from "../job.js";
import type { CompiledKernel } from "../kernel.js";
import { activationNumber } from "./activation-number.js";
import { rowOf } from "./rows.js";

/** Batch normalization in training with each activation: one pass over x for the statistics, one to apply them. */
export const batchNormKernels: readonly CompiledKernel[] = activations.map((activation) => (heap, compiled) => ({
  kernelName: batchNormName(activation),
  kernelFunc({ inputs, attrs }) {
    const { x, gamma, beta, below, above } = inputs as Inputs;
    const { epsilon } = attrs as { epsilon: number };
    const [channels] = gamma.shape as [number];
    const pixels = sizeOf(x) / channels;
    const y = heap.allocate(x.shape);
    const mean = heap.allocate([channels]);
    const variance = heap.allocate([channels]);
    const statistics = heap.allocate([2, channels]);
    const { tables, parts, partBytes } = place(compiled, channels);
    compiled.run(Job.batchNormSums, heap.address(x), pixels, channels, parts, partBytes);
    compiled.runWhole(
      Job.batchNormFinish,
      parts,
      partBytes,
      compiled.threads,
      pixels,
      channels,
      heap.address(gamma),
      heap.address(beta),
      epsilon,
      heap.address(mean),
      heap.address(variance),
      heap.address(statistics),
      tables,
      below ? heap.address(below) : 0,
      below ? sizeOf(below) : 0,
      above ? heap.address(above) : 0,
    );
    compiled.run(
      Job.batchNormApply,
      heap.address(x),
      heap.address(y),
      pixels,
      channels,
      tables,
      activationNumber[activation],
    );
    return [y, mean, variance, statistics];
  },
}));

/** Their gradients: one pass over x and dy for sums, one for the gradient of x. */
export const batchNormGradKernels: readonly CompiledKernel[] = activations.map((activation) => (heap, compiled) => ({
  kernelName: batchNormGradName(activation),
  kernelFunc({ inputs }) {
    const { dy, x, gamma, beta, mean, statistics, below, above } = inputs as GradInputs;
    const [channels] = gamma.shape as [number];
    const pixels = sizeOf(x) / channels;
    const kind = activationNumber[activation];
    const outputs = [x, gamma, beta, below, above].map((input) => (input ? heap.allocate(input.shape) : undefined));
    const [dx, dGamma, dBeta, dBelow, dAbove] = outputs.map((output) => (output ? heap.address(output) : 0)) as Five;
    const { tables, parts, partBytes } = place(compiled, channels);
    compiled.runWhole(
      Job.batchNormTables,
      channels,
      heap.address(gamma),
      heap.address(beta),
      heap.address(mean),
      heap.address(statistics),
      tables,
      below ? heap.address(below) : 0,
      below ? sizeOf(below) : 0,
      above ? heap.address(above) : 0,
    );
    compiled.run(
      Job.batchNormGradSums,
      heap.address(x),
      heap.address(dy),
      pixels,
      channels,
      tables,
      kind,
      parts,
      partBytes,
    );
    compiled.runWhole(
      Job.batchNormGradFinish,
      parts,
      partBytes,
      compiled.threads,
      pixels,
      channels,
      heap.address(statistics),
      tables,
      kind,
      dGamma,
      dBeta,
      dBelow,
      below ? sizeOf(below) : 0,
      dAbove,
    );
    compiled.run(Job.batchNormGradApply, heap.address(x), heap.address(dy), dx, pixels, channels, tables, kind);
    return outputs.filter((output) => output !== undefined);
  },
}));

type Inputs = Readonly<Record<"x" | "gamma" | "beta", TensorInfo>> &
  Readonly<Partial<Record<"below" | "above", TensorInfo>>>;

type GradInputs = Inputs & Readonly<Record<"dy" | "mean" | "statistics", TensorInfo>>;

type Five = [number, number, number, number, number];

function sizeOf({ shape }: TensorInfo): number {
  return util.sizeFromShape(shape);
}

/** Seven rows of floats for the tables, and for each part at most four rows of doubles. */
function place(compiled: Compiled, channels: number): { tables: number; parts: number; partBytes: number } {
  const row = rowOf(channels);
  const partBytes = 32 * row;
  const tables = compiled.scratch(28 * row + compiled.threads * partBytes);
  return { tables, parts: tables + 28 * row, partBytes };
}
