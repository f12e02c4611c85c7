import { activations, batchNormGradName, batchNormName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
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
    compiled.jobs.batchNormSums({ x: heap.address(x), pixels, channels, memory: parts, partBytes });
    compiled.jobs.batchNormFinish({
      memory: parts,
      partBytes,
      parts: compiled.threads,
      pixels,
      channels,
      gamma: heap.address(gamma),
      beta: heap.address(beta),
      epsilon,
      mean: heap.address(mean),
      variance: heap.address(variance),
      statistics: heap.address(statistics),
      tables,
      below: below ? heap.address(below) : 0,
      belowCount: below ? sizeOf(below) : 0,
      above: above ? heap.address(above) : 0,
    });
    compiled.jobs.batchNormApply({
      x: heap.address(x),
      y: heap.address(y),
      pixels,
      channels,
      tables,
      activation: activationNumber[activation],
    });
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
    compiled.jobs.batchNormTables({
      channels,
      gamma: heap.address(gamma),
      beta: heap.address(beta),
      mean: heap.address(mean),
      statistics: heap.address(statistics),
      tables,
      below: below ? heap.address(below) : 0,
      belowCount: below ? sizeOf(below) : 0,
      above: above ? heap.address(above) : 0,
    });
    compiled.jobs.batchNormGradSums({
      x: heap.address(x),
      dy: heap.address(dy),
      pixels,
      channels,
      tables,
      activation: kind,
      memory: parts,
      partBytes,
    });
    compiled.jobs.batchNormGradFinish({
      memory: parts,
      partBytes,
      parts: compiled.threads,
      pixels,
      channels,
      statistics: heap.address(statistics),
      tables,
      activation: kind,
      dGamma,
      dBeta,
      dBelow,
      dBelowCount: below ? sizeOf(below) : 0,
      dAbove,
    });
    compiled.jobs.batchNormGradApply({
      x: heap.address(x),
      dy: heap.address(dy),
      dx,
      pixels,
      channels,
      tables,
      activation: kind,
    });
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
