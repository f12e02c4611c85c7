import {
  type LeakyConvolutionAttributes,
  type LeakyConvolutionInputs,
  leakyConvolutionKernel,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type Conv2DAttrs, type FusedConv2DAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Heap } from "../heap.js";
import type { CompiledKernel } from "../kernel.js";
import { convolve } from "./convolution.js";
import type { Slopes } from "./convolution-job.js";
import { withSlopes } from "./slopes.js";

/** Convolution of NHWC images; tfjs's own kernel serves dilated filters and other layouts. */
export const conv2d: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("Conv2D");
  return {
    kernelName: "Conv2D",
    kernelFunc(call) {
      const { x, filter } = call.inputs as { x: TensorInfo; filter: TensorInfo };
      const info = forwardInfo(x, filter, attributesOf<Conv2DAttrs>(call.attrs));
      return info && x.dtype === "float32"
        ? forward(heap, compiled, x, filter, undefined, info, { rectify: false, slopes: null })
        : stockKernel(call);
    },
  };
};

/** Likewise with a bias and a ReLU; tfjs's own kernel serves other activations. */
export const fusedConv2d: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("FusedConv2D");
  return {
    kernelName: "FusedConv2D",
    kernelFunc(call) {
      const { x, filter, bias } = call.inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
      const attrs = attributesOf<FusedConv2DAttrs>(call.attrs);
      const info = forwardInfo(x, filter, attrs);
      const rectify = attrs.activation === "relu";
      const known = rectify || attrs.activation === "linear";
      const fits = !bias || bias.shape.reduce((product, side) => product * side, 1) === info?.outChannels;
      return info && known && fits && x.dtype === "float32"
        ? forward(heap, compiled, x, filter, bias, info, { rectify, slopes: null })
        : stockKernel(call);
    },
  };
};

/** Likewise with a PReLU or a trainable linear unit. */
export const leakyConvolution: CompiledKernel = (heap, compiled) => ({
  kernelName: leakyConvolutionKernel,
  kernelFunc({ inputs, attrs }) {
    const { x, filter, bias, below, above } = inputs as LeakyConvolutionInputs;
    const { strides, pad } = attributesOf<LeakyConvolutionAttributes>(attrs);
    const info = forwardInfo(x, filter, { strides, pad, dataFormat: "NHWC", dilations: 1 });
    if (!info) throw new Error(`a filter of [${filter.shape}] does not fit into an image of [${x.shape}]`);
    return withSlopes(heap, compiled, info.outChannels, { below, ...(above && { above }) }, (slopes) =>
      forward(heap, compiled, x, filter, bias, info, { rectify: false, slopes }),
    );
  },
});

/** Undefined where the convolution is none of ours. */
function forwardInfo(
  x: TensorInfo,
  filter: TensorInfo,
  { strides, pad, dataFormat, dilations, dimRoundingMode }: Conv2DAttrs,
): backend_util.Conv2DInfo | undefined {
  const info = backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
  const dense = info.dilationHeight === 1 && info.dilationWidth === 1 && info.dataFormat === "channelsLast";
  return dense && info.outHeight > 0 && info.outWidth > 0 ? info : undefined;
}

function forward(
  heap: Heap,
  compiled: Compiled,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  info: backend_util.Conv2DInfo,
  activation: { readonly rectify: boolean; readonly slopes: Slopes | null },
): TensorInfo {
  const { inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const out = heap.allocate(info.outShape);
  convolve(compiled, {
    images: info.batchSize,
    input: { address: heap.address(x), height: info.inHeight, width: info.inWidth, channels: inChannels },
    filter: {
      address: heap.address(filter),
      width: filterWidth,
      inChannels,
      outChannels,
      exchange: false,
      rows: { count: filterHeight, first: 0, step: 1 },
      columns: { count: filterWidth, first: 0, step: 1 },
    },
    bias: bias ? heap.address(bias) : 0,
    output: {
      address: heap.address(out),
      height: outHeight,
      width: outWidth,
      channels: outChannels,
      steps: [outChannels, outWidth * outChannels, outHeight * outWidth * outChannels],
    },
    stride: [info.strideHeight, info.strideWidth],
    above: info.padInfo.top,
    left: info.padInfo.left,
    ...activation,
  });
  return out;
}
