import { attributesOf } from "@em-stellar/kernels/backend";
import { type SumAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.js";

/** Sums over all axes but the last, as in the gradient of a bias, in one pass; tfjs's own kernel transposes first and serves the rest. */
export const sum: Kernel = (heap, stock) => {
  const stockKernel = stock("Sum");
  return {
    kernelName: "Sum",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const { axis, keepDims } = attributesOf<SumAttrs>(call.attrs);
      const rank = x.shape.length;
      const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
      const perChannel = rank > 1 && axes.length === rank - 1 && axes.every((value, i) => value === i);
      const channels = x.shape[rank - 1] as number;
      if (!perChannel || x.dtype !== "float32" || channels === 0) return stockKernel(call);
      const out = heap.allocate(keepDims ? [...axes.map(() => 1), channels] : [channels]);
      heap.floats(out).set(sumPerChannel(heap.floats(x), channels));
      return out;
    },
  };
};

function sumPerChannel(x: Float32Array, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  const { length } = x;
  let channel = 0;
  // Four channels at a time in local variables: see batch-norm.ts.
  for (; channel + 4 <= channels; channel += 4) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = channel; i < length; i += channels) {
      s0 += x[i] as number;
      s1 += x[i + 1] as number;
      s2 += x[i + 2] as number;
      s3 += x[i + 3] as number;
    }
    sums.set([s0, s1, s2, s3], channel);
  }
  for (; channel < channels; channel++) {
    let sum = 0;
    for (let i = channel; i < length; i += channels) sum += x[i] as number;
    sums[channel] = sum;
  }
  return sums;
}
