import { type TluGradInputs, type TluInputs, tluGradKernel, tluKernel } from "@em-stellar/kernels";
import { preluGradName, reluGradName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Heap } from "../heap.js";
import type { CompiledKernel } from "../kernel.js";
import { activationNumber } from "./activation-number.js";
import { rowOf } from "./rows.js";

/** dx of a ReLU from its output, in one pass. */
export const reluGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: reluGradName,
  kernelFunc({ inputs }) {
    const { y, dy } = inputs as { y: TensorInfo; dy: TensorInfo };
    const dx = heap.allocate(y.shape);
    compiled.jobs.reluGrad({
      y: heap.address(y),
      dy: heap.address(dy),
      dx: heap.address(dx),
      count: util.sizeFromShape(y.shape),
    });
    return dx;
  },
});

/** The gradient of a PReLU with one slope, or one for each channel, in one pass. */
export const preluGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: preluGradName,
  kernelFunc({ inputs }) {
    const { x, dy, alpha } = inputs as Record<"x" | "dy" | "alpha", TensorInfo>;
    return leakyGradient(heap, compiled, "prelu", { x, dy, below: alpha });
  },
});

/** A trainable linear unit in one pass. */
export const tlu: CompiledKernel = (heap, compiled) => ({
  kernelName: tluKernel,
  kernelFunc({ inputs }) {
    const { x, alpha, beta } = inputs as TluInputs;
    const [channels] = alpha.shape as [number];
    const y = heap.allocate(x.shape);
    if (channels === 0) return y;
    const tables = compiled.scratch(8 * rowOf(channels));
    compiled.jobs.leakyTables({
      channels,
      below: heap.address(alpha),
      belowCount: channels,
      above: heap.address(beta),
      tables,
    });
    const pixels = util.sizeFromShape(x.shape) / channels;
    compiled.jobs.leaky({ x: heap.address(x), y: heap.address(y), pixels, channels, tables });
    return y;
  },
});

/** Its gradient. */
export const tluGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: tluGradKernel,
  kernelFunc({ inputs }) {
    const { dy, x, alpha, beta } = inputs as TluGradInputs;
    return leakyGradient(heap, compiled, "tlu", { x, dy, below: alpha, above: beta });
  },
});

function leakyGradient(
  heap: Heap,
  compiled: Compiled,
  kind: "prelu" | "tlu",
  { x, dy, below, above }: Record<"x" | "dy" | "below", TensorInfo> & { above?: TensorInfo },
): TensorInfo[] {
  const channels = x.shape.at(-1) as number;
  const pixels = util.sizeFromShape(x.shape) / channels;
  const slopes = util.sizeFromShape(below.shape);
  const dx = heap.allocate(x.shape);
  const dBelow = heap.allocate(below.shape);
  const dAbove = above && heap.allocate(above.shape);
  const outputs = dAbove ? [dx, dBelow, dAbove] : [dx, dBelow];
  if (channels === 0) return outputs;
  const row = rowOf(channels);
  const tables = compiled.scratch(8 * row + compiled.threads * 16 * row);
  const parts = tables + 8 * row;
  compiled.jobs.leakyTables({
    channels,
    below: heap.address(below),
    belowCount: slopes,
    above: above ? heap.address(above) : 0,
    tables,
  });
  compiled.jobs.leakyGrad({
    x: heap.address(x),
    dy: heap.address(dy),
    dx: heap.address(dx),
    pixels,
    channels,
    tables,
    activation: activationNumber[kind],
    memory: parts,
  });
  const wanted = dAbove ? heap.address(dAbove) : 0;
  compiled.jobs.leakyGradFinish({
    memory: parts,
    parts: compiled.threads,
    channels,
    dBelow: heap.address(dBelow),
    dBelowCount: slopes,
    dAbove: wanted,
  });
  return outputs;
}
