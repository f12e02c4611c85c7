import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";
import { rowOf } from "./rows.js";

/** A sum of two tensors of one shape, or of an image and one value for each channel, as of a convolution and its bias; tfjs's own kernel serves the rest. */
export const add: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("Add");
  return {
    kernelName: "Add",
    kernelFunc(call) {
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const floats = a.dtype === "float32" && b.dtype === "float32";
      if (floats && util.arraysEqual(a.shape, b.shape)) {
        const sums = heap.allocate(a.shape);
        compiled.jobs.addEqual({
          a: heap.address(a),
          b: heap.address(b),
          sums: heap.address(sums),
          count: util.sizeFromShape(a.shape),
        });
        return sums;
      }
      const [x, values] = a.shape.length >= b.shape.length ? [a, b] : [b, a];
      const channels = x.shape.at(-1) ?? 0;
      const size = util.sizeFromShape(x.shape);
      const perChannel = values.shape.at(-1) === channels && util.sizeFromShape(values.shape) === channels;
      if (!floats || !perChannel || channels === 0 || size === channels) return stockKernel(call);
      const y = heap.allocate(x.shape);
      const row = compiled.scratch(4 * rowOf(channels));
      compiled.jobs.layChannels({ values: heap.address(values), channels, row });
      compiled.jobs.addPerChannel({
        x: heap.address(x),
        values: row,
        y: heap.address(y),
        pixels: size / channels,
        channels,
      });
      return y;
    },
  };
};
