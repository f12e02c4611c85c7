import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type Conv2DBackpropFilterAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";
import { productBytes } from "./products.js";
import { suitsWinograd, winogradFilterGradient } from "./winograd.js";

/** The gradient of a convolution of NHWC images with respect to its filter, which tfjs does not have on wasm. */
export const conv2dBackpropFilter: CompiledKernel = (heap, compiled) => ({
  kernelName: "Conv2DBackpropFilter",
  kernelFunc({ inputs, attrs }) {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attributesOf<Conv2DBackpropFilterAttrs>(attrs);
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      backend_util.convertConv2DDataFormat(dataFormat),
    );
    if (info.dataFormat !== "channelsLast")
      throw new Error("Conv2DBackpropFilter on wasm takes NHWC tensors, not NCHW.");
    const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
    const gradient = heap.allocate(filterShape);
    if (suitsWinograd(compiled, windowOf(info), "filterGradient")) {
      winogradFilterGradient(compiled, info, heap.address(x), heap.address(dy), heap.address(gradient));
      return gradient;
    }
    // As in assembly/filter-gradient.ts: a product, the panels of dy and of six columns, and the padded rows, of one block.
    const rows = Math.max(1, Math.floor(256 / outWidth));
    const across = Math.min(outWidth, 256);
    const paddedRow = ((across - 1) * info.strideWidth + filterWidth) * inChannels;
    const floats = rows * across * (8 * Math.ceil(outChannels / 8) + 6) + rows * paddedRow;
    const partBytes = productBytes + 16 * Math.ceil(floats / 4);
    const { threads } = compiled;
    const count = util.sizeFromShape(filterShape);
    // Threads that share the rows lay out nothing twice, but each has a gradient to add up.
    const byRows =
      threads > 1 && Math.ceil(outHeight / rows) >= 4 * threads && 16 * count <= util.sizeFromShape(dy.shape);
    const sumsOfPart = byRows ? 64 * Math.ceil((4 * count) / 64) : 0;
    const scratch = compiled.scratch((partBytes + sumsOfPart) * threads);
    const sums = scratch + partBytes * threads;
    compiled.jobs.filterGradient({
      input: heap.address(x),
      dy: heap.address(dy),
      gradient: byRows ? sums : heap.address(gradient),
      scratch,
      partBytes,
      images: info.batchSize,
      height: inHeight,
      width: inWidth,
      channels: inChannels,
      outHeight,
      outWidth,
      outChannels,
      strideDown: info.strideHeight,
      strideAcross: info.strideWidth,
      above: info.padInfo.top,
      left: info.padInfo.left,
      filterHeight,
      filterWidth,
      sumsOfPart,
    });
    if (byRows) compiled.jobs.addSums({ sums, sumsOfPart, makers: threads, to: heap.address(gradient), count });
    return gradient;
  },
});

function windowOf({
  filterHeight,
  filterWidth,
  strideHeight,
  strideWidth,
  inChannels,
  outChannels,
}: backend_util.Conv2DInfo) {
  return { taps: [filterHeight, filterWidth], stride: [strideHeight, strideWidth], inChannels, outChannels } as const;
}
