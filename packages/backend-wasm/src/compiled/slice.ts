import { attributesOf } from "@em-stellar/kernels/backend";
import { type SliceAttrs, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";

/** A box of a tensor of at most four dimensions; tfjs's own kernel copies run by run in JavaScript and serves the rest. */
export const slice: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("Slice");
  return {
    kernelName: "Slice",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const { begin, size } = attributesOf<SliceAttrs>(call.attrs);
      const rank = x.shape.length;
      const runs = x.dtype === "float32" && rank > 1 && rank <= 4;
      if (!runs) return stockKernel(call);
      const [start, sides] = slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
      slice_util.assertParamsValid(x, start, sides);
      const y = heap.allocate(sides);
      const four = (values: readonly number[], missing: number) =>
        [...Array<number>(4 - rank).fill(missing), ...values] as [number, number, number, number]; // rank is 4 at most
      if (util.sizeFromShape(sides) > 0) {
        const [side0, side1, side2, side3] = four(x.shape, 1);
        const [begin0, begin1, begin2, begin3] = four(start, 0);
        const [size0, size1, size2, size3] = four(sides, 1);
        compiled.jobs.slice({
          ...{ x: heap.address(x), y: heap.address(y) },
          ...{ side0, side1, side2, side3 },
          ...{ begin0, begin1, begin2, begin3 },
          ...{ size0, size1, size2, size3 },
        });
      }
      return y;
    },
  };
};
