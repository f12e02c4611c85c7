import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type ConcatAttrs, type SplitVAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { CompiledKernel } from "../kernel.js";

/** Concatenation of channels, as at the end of a skip connection; tfjs's own kernel serves the other axes. */
export const concat: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("Concat");
  return {
    kernelName: "Concat",
    kernelFunc(call) {
      // tfjs passes a list under the type of a map.
      const inputs = call.inputs as unknown as TensorInfo[];
      const { axis } = attributesOf<ConcatAttrs>(call.attrs);
      const shape = inputs[0]?.shape ?? [];
      const fits = inputs.every((input) => input.dtype === "float32" && sameButLast(input.shape, shape));
      if (inputs.length < 2 || !fits || !isLast(axis, shape)) return stockKernel(call);
      const pixels = util.sizeFromShape(shape.slice(0, -1));
      const all = inputs.reduce((sum, input) => sum + (input.shape.at(-1) as number), 0);
      const out = heap.allocate([...shape.slice(0, -1), all]);
      let to = heap.address(out);
      const runs = inputs.map((input): Run => {
        const count = input.shape.at(-1) as number;
        const run = { from: heap.address(input), fromChannels: count, to, toChannels: all, count };
        to += 4 * count;
        return run;
      });
      copy(compiled, runs, pixels);
      return out;
    },
  };
};

/** Its gradient: the channels apart again. */
export const splitV: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("SplitV");
  return {
    kernelName: "SplitV",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const { numOrSizeSplits, axis } = attributesOf<SplitVAttrs>(call.attrs);
      if (x.dtype !== "float32" || !isLast(axis, x.shape)) return stockKernel(call);
      const all = x.shape.at(-1) as number;
      const pixels = util.sizeFromShape(x.shape.slice(0, -1));
      const counts = backend_util.prepareSplitSize(x, numOrSizeSplits, x.shape.length - 1);
      const outputs = counts.map((count) => heap.allocate([...x.shape.slice(0, -1), count]));
      let from = heap.address(x);
      const runs = outputs.map((output, i): Run => {
        const count = counts[i] as number;
        const run = { from, fromChannels: all, to: heap.address(output), toChannels: count, count };
        from += 4 * count;
        return run;
      });
      copy(compiled, runs, pixels);
      return outputs;
    },
  };
};

/** Channels of every pixel, from one tensor to another. */
interface Run {
  readonly from: number;
  readonly fromChannels: number;
  readonly to: number;
  readonly toChannels: number;
  readonly count: number;
}

/** Copies runs, two at a time. */
function copy(compiled: Compiled, runs: readonly Run[], pixels: number): void {
  for (let i = 0; i < runs.length; i += 2) {
    const run = runs[i] as Run;
    const next = runs[i + 1] ?? { ...run, count: 0 };
    compiled.jobs.copyChannels({
      ...run,
      ...{ next: next.from, nextChannels: next.fromChannels, nextTo: next.to },
      ...{ nextToChannels: next.toChannels, nextCount: next.count, pixels },
    });
  }
}

function isLast(axis: number, shape: readonly number[]): boolean {
  return util.parseAxisParam(axis, [...shape])[0] === shape.length - 1;
}

function sameButLast(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => i === a.length - 1 || side === b[i]);
}
