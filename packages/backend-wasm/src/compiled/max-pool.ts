import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type MaxPoolAttrs, type MaxPoolGradAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";

/** Max pooling, in which a NaN stays one; tfjs's own kernel serves what is not float32. */
export const maxPool: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("MaxPool");
  return {
    kernelName: "MaxPool",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const info = poolInfo(x, attributesOf<MaxPoolAttrs>(call.attrs));
      if (x.dtype !== "float32" || !meetsTheImage(info)) return stockKernel(call);
      const y = heap.allocate(info.outShape);
      compiled.jobs.maxPool({ x: heap.address(x), y: heap.address(y), ...sizes(info) });
      return y;
    },
  };
};

/**
 * Its gradient: each dy goes to the first largest value of its window. tfjs 4.22's kernel looks for the maximum from the
 * smallest positive number on, and so loses the gradient of windows without a positive value.
 */
export const maxPoolGrad: CompiledKernel = (heap, compiled) => ({
  kernelName: "MaxPoolGrad",
  kernelFunc({ inputs, attrs }) {
    const { dy, input, output } = inputs as Record<"dy" | "input" | "output", TensorInfo>;
    const info = poolInfo(input, attributesOf<MaxPoolGradAttrs>(attrs));
    const dx = heap.allocate(input.shape);
    const [x, y] = [heap.address(input), heap.address(output)];
    compiled.jobs.maxPoolGrad({ x, y, dy: heap.address(dy), dx: heap.address(dx), ...sizes(info) });
    return dx;
  },
});

function poolInfo(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs): backend_util.Conv2DInfo {
  const shape = x.shape as [number, number, number, number];
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

/** Whether no window lies in the padding altogether, where there is nothing to be the largest. */
function meetsTheImage(info: backend_util.Conv2DInfo): boolean {
  const { outHeight, outWidth, inHeight, inWidth, filterHeight, filterWidth, padInfo } = info;
  const down = padInfo.top < filterHeight && (outHeight - 1) * info.strideHeight - padInfo.top < inHeight;
  return down && padInfo.left < filterWidth && (outWidth - 1) * info.strideWidth - padInfo.left < inWidth;
}

/** As assembly/max-pool.ts takes them. */
function sizes(info: backend_util.Conv2DInfo) {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return {
    ...{ images: batchSize, height: inHeight, width: inWidth, channels: inChannels, outHeight, outWidth },
    ...{ windowHeight: filterHeight, windowWidth: filterWidth, down: strideHeight, across: strideWidth },
    ...{ above: padInfo.top, left: padInfo.left },
  };
}
