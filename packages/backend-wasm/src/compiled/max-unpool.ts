import {
  type MaxPoolWithIndicesInputs,
  type MaxUnpoolGradInputs,
  type MaxUnpoolInputs,
  maxPoolWithIndicesKernel,
  maxUnpoolGradKernel,
  maxUnpoolKernel,
} from "@em-stellar/kernels";
import type { CompiledKernel } from "../kernel.js";

/** Max pooling of 2×2 windows that also gives the place of each maximum. */
export const maxPoolWithIndices: CompiledKernel = (heap, compiled) => ({
  kernelName: maxPoolWithIndicesKernel,
  kernelFunc({ inputs }) {
    const { x } = inputs as MaxPoolWithIndicesInputs;
    const [batch, height, width, channels] = x.shape as Shape;
    const shape: Shape = [batch, height / 2, width / 2, channels];
    const [maxima, places] = [heap.allocate(shape), heap.allocate(shape, "int32")];
    compiled.jobs.maxPoolWithIndices({
      x: heap.address(x),
      maxima: heap.address(maxima),
      places: heap.address(places),
      ...windows(shape),
    });
    return [maxima, places];
  },
});

/** Values put back to such places. */
export const maxUnpool: CompiledKernel = (heap, compiled) => ({
  kernelName: maxUnpoolKernel,
  kernelFunc({ inputs }) {
    const { x, indices } = inputs as MaxUnpoolInputs;
    const [batch, height, width, channels] = x.shape as Shape;
    const y = heap.allocate([batch, 2 * height, 2 * width, channels]);
    compiled.jobs.maxUnpool({
      values: heap.address(x),
      places: heap.address(indices),
      y: heap.address(y),
      ...windows(x.shape as Shape),
    });
    return y;
  },
});

/** Its gradient. */
export const maxUnpoolGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: maxUnpoolGradKernel,
  kernelFunc({ inputs }) {
    const { dy, indices } = inputs as MaxUnpoolGradInputs;
    const dx = heap.allocate(indices.shape);
    compiled.jobs.maxUnpoolGrad({
      dy: heap.address(dy),
      places: heap.address(indices),
      dx: heap.address(dx),
      ...windows(indices.shape as Shape),
    });
    return dx;
  },
});

type Shape = [batch: number, height: number, width: number, channels: number];

/** Rows of windows, windows in a row, and channels, as assembly/max-unpool.ts takes them. */
function windows([batch, height, width, channels]: Shape): Record<"rows" | "columns" | "channels", number> {
  return { rows: batch * height, columns: width, channels };
}
