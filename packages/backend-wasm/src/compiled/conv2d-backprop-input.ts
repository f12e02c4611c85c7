import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type Conv2DBackpropInputAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";
import { convolve } from "./convolution.js";
import type { Taps } from "./packed-filter.js";

/**
 * The gradient of a convolution with respect to its input. The rows of the input fall into as many phases as the stride has
 * steps, and so do its columns; those of one phase meet the same taps of the filter, and their gradient is a convolution of
 * dy with these taps in reverse order.
 */
export const conv2dBackpropInput: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("Conv2DBackpropInput");
  return {
    kernelName: "Conv2DBackpropInput",
    kernelFunc(call) {
      const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo };
      const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attributesOf<Conv2DBackpropInputAttrs>(
        call.attrs,
      );
      const info = backend_util.computeConv2DInfo(
        inputShape,
        filter.shape as [number, number, number, number],
        strides,
        1,
        pad,
        dimRoundingMode,
        false,
        backend_util.convertConv2DDataFormat(dataFormat),
      );
      const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
      const down = phasesOf(inHeight, info.filterHeight, info.strideHeight, padInfo.top);
      const across = phasesOf(inWidth, info.filterWidth, info.strideWidth, padInfo.left);
      const possible = info.dataFormat === "channelsLast" && across.every(({ before }) => before >= 0);
      if (!possible) return stockKernel(call);

      const dx = heap.allocate(info.inShape);
      // A filter shorter than the stride leaves pixels of the input out.
      if (down.length < info.strideHeight || across.length < info.strideWidth) heap.floats(dx).fill(0);
      for (const vertical of down) {
        for (const horizontal of across) {
          convolve(compiled, {
            images: info.batchSize,
            input: { address: heap.address(dy), height: outHeight, width: outWidth, channels: outChannels },
            filter: {
              address: heap.address(filter),
              width: info.filterWidth,
              inChannels,
              outChannels,
              exchange: true,
              rows: vertical.taps,
              columns: horizontal.taps,
            },
            bias: 0,
            output: {
              address: heap.address(dx) + 4 * inChannels * (vertical.start * inWidth + horizontal.start),
              height: vertical.count,
              width: horizontal.count,
              channels: inChannels,
              steps: [
                inChannels * info.strideWidth,
                inChannels * inWidth * info.strideHeight,
                inChannels * inWidth * inHeight,
              ],
            },
            stride: [1, 1],
            above: vertical.before,
            left: horizontal.before,
            rectify: false,
            slopes: null,
          });
        }
      }
      return dx;
    },
  };
};

/** Rows (or columns) of the input that meet the same taps. */
interface Phase {
  /** The first of them; the next ones follow at the stride. */
  readonly start: number;
  readonly count: number;
  readonly taps: Taps;
  /** Zeros before the first row of dy. */
  readonly before: number;
}

/** The phases that any tap reaches. Row y of the input, with its padding `stride · q + phase`, meets rows q, q - 1, … of dy. */
function phasesOf(size: number, filter: number, stride: number, padding: number): Phase[] {
  return Array.from({ length: Math.min(stride, filter) }, (_, phase) => {
    const taps = Math.ceil((filter - phase) / stride);
    const first = Math.max(0, Math.ceil((padding - phase) / stride));
    const last = Math.floor((size - 1 + padding - phase) / stride);
    return {
      start: stride * first + phase - padding,
      count: last - first + 1,
      taps: { count: taps, first: phase + stride * (taps - 1), step: -stride },
      before: taps - 1 - first,
    };
  }).filter(({ count }) => count > 0);
}
