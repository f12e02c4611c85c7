import { attributesOf } from "@em-stellar/kernels/backend";
import { type SumAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";
import { rowOf } from "./rows.js";

/** Sums over all axes, or all but the last ones as in the gradient of a bias, in double precision; tfjs's own kernel serves the rest. */
export const sum: CompiledKernel = reduction("Sum", () => 1);

/** Likewise means. */
export const mean: CompiledKernel = reduction("Mean", (count) => count);

function reduction(kernelName: "Sum" | "Mean", divisor: (count: number) => number): CompiledKernel {
  return (heap, compiled, stock) => {
    const stockKernel = stock(kernelName);
    return {
      kernelName,
      kernelFunc(call) {
        const { x } = call.inputs as { x: TensorInfo };
        const { axis, keepDims } = attributesOf<SumAttrs>(call.attrs);
        const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
        const kept = x.shape.slice(axes.length);
        const channels = util.sizeFromShape(kept);
        const count = util.sizeFromShape(x.shape) / channels;
        const leading = axes.length > 0 && axes.every((value, i) => value === i);
        if (!leading || x.dtype !== "float32" || !(count > 0)) return stockKernel(call);
        const out = heap.allocate(keepDims ? [...axes.map(() => 1), ...kept] : kept);
        const parts = compiled.scratch(compiled.threads * 8 * rowOf(channels));
        compiled.jobs.sumPerChannel({ x: heap.address(x), pixels: count, channels, memory: parts });
        compiled.jobs.sumFinish({
          memory: parts,
          parts: compiled.threads,
          channels,
          sums: heap.address(out),
          divisor: divisor(count),
        });
        return out;
      },
    };
  };
}
