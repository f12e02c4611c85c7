import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type Conv2DBackpropInputAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.js";
import { transpose } from "./transpose.js";

/**
 * The gradient of a convolution with respect to its input, for stride 1: a forward convolution of dy with the filter
 * turned by 180° and its channels exchanged. tfjs's own kernel, which serves the other strides, is ten times slower.
 */
export const conv2dBackpropInput: Kernel = (heap, stock) => {
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
      const { filterHeight, filterWidth, padInfo } = info;
      const padding = {
        top: filterHeight - 1 - padInfo.top,
        right: filterWidth - 1 - padInfo.right,
        bottom: filterHeight - 1 - padInfo.bottom,
        left: filterWidth - 1 - padInfo.left,
      };
      const possible = info.strideHeight === 1 && info.strideWidth === 1 && info.dataFormat === "channelsLast";
      if (!possible || Math.min(padding.top, padding.right, padding.bottom, padding.left) < 0) return stockKernel(call);

      const { inChannels, outChannels } = info;
      const turned = heap.allocate([filterHeight, filterWidth, outChannels, inChannels]);
      const out = heap.allocate(info.inShape);
      const matrix = inChannels * outChannels;
      const [from, to] = [heap.words(filter), heap.words(turned)];
      for (let tap = 0; tap < from.length; tap += matrix) {
        transpose(from, tap, inChannels, outChannels, to, from.length - matrix - tap, inChannels);
      }
      heap.convolve(dy, turned, padding, out);
      heap.release(turned);
      return out;
    },
  };
};
