import {
  type LeakyUpConvolutionInputs,
  leakyUpConvolutionKernel,
  type UpConvolutionAttributes,
  type UpConvolutionFilterGradInputs,
  type UpConvolutionInputGradInputs,
  type UpConvolutionInputs,
  upConvolutionFilterGradKernel,
  upConvolutionInputGradKernel,
  upConvolutionKernel,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Heap } from "../heap.js";
import type { CompiledKernel } from "../kernel.js";
import type { Slopes } from "./convolution-job.js";
import { packFilter, packingOf } from "./packed-filter.js";
import { productBytes, strideOf, wholeLines } from "./products.js";
import { withSlopes } from "./slopes.js";

/** Nearest up-sampling by 2 with the convolution of 2×2 taps behind it: four products for sixteen. */
export const upConvolution: CompiledKernel = (heap, compiled) => ({
  kernelName: upConvolutionKernel,
  kernelFunc({ inputs, attrs }) {
    const { activation } = attributesOf<UpConvolutionAttributes>(attrs);
    return forward(heap, compiled, inputs as UpConvolutionInputs, { rectify: activation === "relu", slopes: null });
  },
});

/** Likewise with a PReLU or a trainable linear unit. */
export const leakyUpConvolution: CompiledKernel = (heap, compiled) => ({
  kernelName: leakyUpConvolutionKernel,
  kernelFunc({ inputs }) {
    const { below, above, ...others } = inputs as LeakyUpConvolutionInputs;
    const [, , , outChannels] = others.filter.shape as Shape;
    return withSlopes(heap, compiled, outChannels, { below, ...(above && { above }) }, (slopes) =>
      forward(heap, compiled, others, { rectify: false, slopes }),
    );
  },
});

function forward(
  heap: Heap,
  compiled: Compiled,
  { x, filter, bias }: UpConvolutionInputs,
  { rectify, slopes }: { readonly rectify: boolean; readonly slopes: Slopes | null },
): TensorInfo {
  const [images, height, width, channels] = x.shape as Shape;
  const [, , , outChannels] = filter.shape as Shape;
  const out = heap.allocate([images, 2 * height, 2 * width, outChannels]);
  const blockPixels = blockOf(images * height * width, channels, compiled.threads);
  const partBytes = 4 * productBytes + wholeLines(4 * channels) + 3 * strideOf(4 * blockPixels * channels);
  const { filter: transformed, parts } = transformFilter(heap, compiled, filter, bias, partBytes);
  compiled.jobs.upConvolution({
    ...{ input: heap.address(x), filter: transformed, output: heap.address(out), scratch: parts, partBytes },
    ...{ images, height, width, channels, outChannels, rectify: Number(rectify), blockPixels },
    ...{ slopesBelow: slopes?.below ?? 0, slopesAbove: slopes?.above ?? 0 },
  });
  return out;
}

/** Its gradient with respect to x: one product, of four times as many channels. */
export const upConvolutionInputGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: upConvolutionInputGradKernel,
  kernelFunc({ inputs }) {
    const { dy, filter } = inputs as UpConvolutionInputGradInputs;
    const [images, outHeight, outWidth, outChannels] = dy.shape as Shape;
    const [, , channels] = filter.shape as Shape;
    const [height, width] = [outHeight / 2, outWidth / 2];
    const dx = heap.allocate([images, height, width, channels]);
    const blockPixels = blockOf(images * height * width, outChannels, compiled.threads);
    const partBytes = productBytes + wholeLines(4 * outChannels) + 4 * 4 * blockPixels * outChannels;
    const { filter: transformed, parts } = transformFilter(heap, compiled, filter, "exchanged", partBytes);
    compiled.jobs.upConvolutionInputGradient({
      ...{ dy: heap.address(dy), filter: transformed, dx: heap.address(dx), scratch: parts, partBytes },
      ...{ images, height, width, channels, outChannels, blockPixels },
    });
    return dx;
  },
});

/** And with respect to the filter, [2, 2, in, out]. */
export const upConvolutionFilterGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: upConvolutionFilterGradKernel,
  kernelFunc({ inputs }) {
    const { x, dy } = inputs as UpConvolutionFilterGradInputs;
    const [images, height, width, channels] = x.shape as Shape;
    const [, , , outChannels] = dy.shape as Shape;
    const gradient = heap.allocate([2, 2, channels, outChannels]);
    const padded = 8 * Math.ceil(outChannels / 8);
    const { threads } = compiled;
    const pixels = images * height * width;
    // Threads that share the blocks lay out nothing twice, but each has sums to add up.
    const byBlocks = threads > 1 && pixels >= 16 * channels * threads;
    const blockPixels = blockOf(pixels, channels + padded, byBlocks ? threads : 1);
    const makers = byBlocks ? threads : 1;
    const partBytes =
      productBytes +
      wholeLines(4 * channels) +
      3 * strideOf(4 * blockPixels * channels) +
      4 * strideOf(4 * blockPixels * padded);
    const sumsBytes = 4 * 4 * channels * padded;
    const scratch = compiled.scratch(threads * partBytes + makers * sumsBytes);
    const sums = scratch + threads * partBytes;
    const sumsOfPart = byBlocks ? sumsBytes : 0;
    const to = { sums, gradient: heap.address(gradient), channels, outChannels, sumsOfPart };
    compiled.jobs.upConvolutionFilterGradient({
      ...{ input: heap.address(x), dy: heap.address(dy), scratch, partBytes, images, height, width, blockPixels },
      ...to,
    });
    if (byBlocks) compiled.jobs.upConvolutionTaps({ ...to, makers });
    return gradient;
  },
});

type Shape = [number, number, number, number];

/** Pixels that are transformed at a time: few enough for the second-level cache, in sixes, and a share for every thread. */
function blockOf(pixels: number, channels: number, threads: number): number {
  const sixes = Math.min(16, Math.floor(4096 / channels), Math.ceil(pixels / threads / 6));
  return 6 * Math.max(2, sixes);
}

/** The transformed filter, with a bias if there is one, or with in and out channels exchanged; and `partBytes` for each thread. */
function transformFilter(
  heap: Heap,
  compiled: Compiled,
  filter: TensorInfo,
  bias: TensorInfo | undefined | "exchanged",
  partBytes: number,
): { readonly filter: number; readonly parts: number } {
  const [, , inChannels, outChannels] = filter.shape as Shape;
  const exchange = bias === "exchanged";
  const taps = { count: 2, first: 0, step: 1 };
  const source = { address: heap.address(filter), width: 2, inChannels, outChannels, exchange };
  const plain = { ...source, rows: taps, columns: taps };
  const packing = packingOf(plain, 1);
  // The four sums of the four taps take as much as the taps.
  const place = compiled.scratch(2 * packing.bytes + compiled.threads * partBytes);
  const parts = place + packing.bytes;
  const packed = parts + compiled.threads * partBytes;
  packFilter(compiled, plain, bias === undefined || exchange ? 0 : heap.address(bias), packed, packing);
  compiled.jobs.upConvolutionFilter({
    packed,
    transformed: place,
    channels: exchange ? outChannels : inChannels,
    outChannels: exchange ? inChannels : outChannels,
  });
  return { filter: place, parts };
}
