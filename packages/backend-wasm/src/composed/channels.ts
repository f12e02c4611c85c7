import { attributesOf } from "@em-stellar/kernels/backend";
import { type ConcatAttrs, type SplitVAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.js";

/** Concatenation of channels, as at the end of a skip connection. tfjs's own kernel copies pixel by pixel and serves the other axes. */
export const concat: Kernel = (heap, stock) => {
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
      const channels = inputs.map((input) => input.shape.at(-1) as number);
      const all = channels.reduce((sum, count) => sum + count, 0);
      const out = heap.allocate([...shape.slice(0, -1), all]);
      const target = heap.words(out);
      let start = 0;
      inputs.forEach((input, i) => {
        const count = channels[i] as number;
        copyChannels(heap.words(input), count, 0, target, all, start, count);
        start += count;
      });
      return out;
    },
  };
};

/** Its gradient: the channels apart again. */
export const splitV: Kernel = (heap, stock) => {
  const stockKernel = stock("SplitV");
  return {
    kernelName: "SplitV",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const { numOrSizeSplits, axis } = attributesOf<SplitVAttrs>(call.attrs);
      const listed = Array.isArray(numOrSizeSplits) && !numOrSizeSplits.includes(-1);
      if (!listed || x.dtype !== "float32" || !isLast(axis, x.shape)) return stockKernel(call);
      const outputs = numOrSizeSplits.map((count) => heap.allocate([...x.shape.slice(0, -1), count]));
      const all = x.shape.at(-1) as number;
      const source = heap.words(x);
      let start = 0;
      outputs.forEach((output, i) => {
        const count = numOrSizeSplits[i] as number;
        copyChannels(source, all, start, heap.words(output), count, 0, count);
        start += count;
      });
      return outputs;
    },
  };
};

function isLast(axis: number, shape: readonly number[]): boolean {
  return util.parseAxisParam(axis, [...shape])[0] === shape.length - 1;
}

function sameButLast(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => i === a.length - 1 || side === b[i]);
}

/** Copies `count` channels of every pixel. Values move as 32-bit words, which costs no conversion. */
function copyChannels(
  source: Int32Array,
  sourceChannels: number,
  sourceStart: number,
  target: Int32Array,
  targetChannels: number,
  targetStart: number,
  count: number,
): void {
  const pixels = count === 0 ? 0 : source.length / sourceChannels;
  let channel = 0;
  for (; channel + 4 <= count; channel += 4) {
    let from = sourceStart + channel;
    let to = targetStart + channel;
    for (let pixel = 0; pixel < pixels; pixel++) {
      target[to] = source[from] as number;
      target[to + 1] = source[from + 1] as number;
      target[to + 2] = source[from + 2] as number;
      target[to + 3] = source[from + 3] as number;
      from += sourceChannels;
      to += targetChannels;
    }
  }
  for (; channel < count; channel++) {
    let from = sourceStart + channel;
    let to = targetStart + channel;
    for (let pixel = 0; pixel < pixels; pixel++) {
      target[to] = source[from] as number;
      from += sourceChannels;
      to += targetChannels;
    }
  }
}
