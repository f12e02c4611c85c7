import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type Conv2DBackpropFilterAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Heap } from "../heap.js";
import type { Kernel } from "../kernel.js";
import { transpose } from "./transpose.js";

/**
 * The gradient of a convolution with respect to its filter, as one matrix product per tap of the filter.
 *
 * Lay the padded images out in one line of positions, so that moving one tap down or right is moving along the line by
 * a fixed number. Then dW[r, c] = xT · dy, where xT is [channels, positions] read from `r · width + c` on, and dy has
 * zeros at the positions where no output is: they also meet what a shifted row reads from the next one. XNNPACK packs dy
 * once for all taps.
 */
export const conv2dBackpropFilter: Kernel = (heap) => ({
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
    return filterGradient(heap, x, dy, info);
  },
});

function filterGradient(heap: Heap, x: TensorInfo, dy: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  // Zeros between two rows serve as the right padding of one and the left padding of the next; likewise between images.
  const rowLength = inWidth + Math.max(padInfo.left, padInfo.right);
  const imageLength = rowLength * (inHeight + Math.max(padInfo.top, padInfo.bottom));
  const firstPixel = padInfo.top * rowLength + padInfo.left;
  const lastTap = (filterHeight - 1) * rowLength + filterWidth - 1;
  const lastOutput =
    (batchSize - 1) * imageLength + (outHeight - 1) * strideHeight * rowLength + (outWidth - 1) * strideWidth;
  const positions = lastOutput + lastTap + 1;

  const dense = lastTap === 0 && imageLength === outHeight * outWidth;
  const out = heap.allocate([filterHeight, filterWidth, inChannels, outChannels]);
  const xT = heap.allocate([inChannels * positions + lastTap]);
  const spread = dense ? heap.share(dy) : heap.allocate([positions, outChannels]);

  const xValues = heap.words(x);
  const xTValues = heap.words(xT);
  if (!dense) xTValues.fill(0);
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < inHeight; row++) {
      const from = (image * inHeight + row) * inWidth * inChannels;
      const to = image * imageLength + row * rowLength + firstPixel;
      // With a stride, the last rows and columns may reach no output.
      const length = Math.min(inWidth, positions - to);
      if (length > 0) transpose(xValues, from, length, inChannels, xTValues, to, positions);
    }
  }
  if (!dense) spreadOutputs(heap, dy, info, spread, rowLength, imageLength);

  const starts: number[] = [];
  for (let r = 0; r < filterHeight; r++) for (let c = 0; c < filterWidth; c++) starts.push(r * rowLength + c);
  heap.multiply({ a: xT, starts, rows: inChannels, inner: positions, b: spread, columns: outChannels, out });
  heap.release(xT);
  heap.release(spread);
  return out;
}

/** Puts every output's values at its position in the line, and zeros at all others. */
function spreadOutputs(
  heap: Heap,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
  spread: TensorInfo,
  rowLength: number,
  imageLength: number,
): void {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info;
  const source = heap.floats(dy);
  const target = heap.floats(spread);
  target.fill(0);
  const [runs, run] = strideWidth === 1 ? [1, outWidth * outChannels] : [outWidth, outChannels];
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const from = (image * outHeight + row) * outWidth * outChannels;
      const to = (image * imageLength + row * strideHeight * rowLength) * outChannels;
      for (let i = 0; i < runs; i++) {
        const start = from + i * run;
        target.set(source.subarray(start, start + run), to + i * strideWidth * outChannels);
      }
    }
  }
}
