import {
  type MaxPoolWithIndicesInputs,
  type MaxUnpoolGradInputs,
  type MaxUnpoolInputs,
  maxPoolWithIndicesKernel,
  maxUnpoolGradKernel,
  maxUnpoolKernel,
} from "@em-stellar/kernels";
import { Job } from "../job.js";
import type { CompiledKernel } from "../kernel.js";

/** Max pooling of 2×2 windows that also gives the place of each maximum. */
export const maxPoolWithIndices: CompiledKernel = (heap, compiled) => ({
  kernelName: maxPoolWithIndicesKernel,
  kernelFunc({ inputs }) {
    const { x } = inputs as MaxPoolWithIndicesInputs;
    const [batch, height, width, channels] = x.shape as Shape;
    const shape: Shape = [batch, height / 2, width / 2, channels];
    const outputs = [heap.allocate(shape), heap.allocate(shape, "int32")];
    compiled.run(Job.maxPoolWithIndices, ...[x, ...outputs].map(heap.address), ...windows(shape));
    return outputs;
  },
});

/** Values put back to such places. */
export const maxUnpool: CompiledKernel = (heap, compiled) => ({
  kernelName: maxUnpoolKernel,
  kernelFunc({ inputs }) {
    const { x, indices } = inputs as MaxUnpoolInputs;
    const [batch, height, width, channels] = x.shape as Shape;
    const y = heap.allocate([batch, 2 * height, 2 * width, channels]);
    compiled.run(Job.maxUnpool, ...[x, indices, y].map(heap.address), ...windows(x.shape as Shape));
    return y;
  },
});

/** Its gradient. */
export const maxUnpoolGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: maxUnpoolGradKernel,
  kernelFunc({ inputs }) {
    const { dy, indices } = inputs as MaxUnpoolGradInputs;
    const dx = heap.allocate(indices.shape);
    compiled.run(Job.maxUnpoolGrad, ...[dy, indices, dx].map(heap.address), ...windows(indices.shape as Shape));
    return dx;
  },
});

type Shape = [batch: number, height: number, width: number, channels: number];

/** Rows of windows, windows in a row, and channels, as assembly/max-unpool.ts takes them. */
function windows([batch, height, width, channels]: Shape): number[] {
  return [batch * height, width, channels];
}
