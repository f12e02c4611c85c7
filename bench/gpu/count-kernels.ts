import * as tf from "@tensorflow/tfjs-core";
import type { Counts } from "./counting-device.js";
import { currentKernels } from "./kernel-sets.js";

/** What all calls of the kernels of one name ask of a device. */
export interface KernelCounts {
  readonly name: string;
  calls: number;
  dispatches: number;
  bytes: number;
  /** Multiplications of convolutions, by what their algorithm needs, without the padding of tiles. */
  products: number;
}

/** Counts by kernels, through the counts of the device, what `run` asks for; those with the most dispatches first. */
export function countKernels(device: Counts, run: () => void): KernelCounts[] {
  const { kernels } = currentKernels();
  const byName = new Map<string, KernelCounts>();
  for (const kernel of kernels) {
    const { kernelName, kernelFunc } = kernel;
    tf.unregisterKernel(kernelName, "webgpu");
    tf.registerKernel({
      ...kernel,
      kernelFunc(call) {
        const { dispatches, bytes } = device;
        const result = kernelFunc(call);
        const counts = byName.get(kernelName) ?? { name: kernelName, calls: 0, dispatches: 0, bytes: 0, products: 0 };
        byName.set(kernelName, counts);
        counts.calls++;
        counts.dispatches += device.dispatches - dispatches;
        counts.bytes += device.bytes - bytes;
        counts.products += productsOf(kernelName, call.inputs as Inputs, [result].flat()[0] as tf.TensorInfo);
        return result;
      },
    });
  }
  try {
    run();
  } finally {
    for (const kernel of kernels) {
      tf.unregisterKernel(kernel.kernelName, "webgpu");
      tf.registerKernel(kernel);
    }
  }
  return [...byName.values()].filter(({ dispatches }) => dispatches > 0).sort((a, b) => b.dispatches - a.dispatches);
}

/** Those of convolutions and their gradients. */
type Inputs = Readonly<Record<"x" | "filter" | "dy", tf.TensorInfo>>;

/** Each kernel multiplies every output element, or every gradient of one, with the filter's taps and input channels; an up-convolution every input pixel with four filters. */
function productsOf(kernel: string, { x, filter, dy }: Inputs, result: tf.TensorInfo): number {
  const perOutput = ([height = 1, width = 1, channels = 1]: readonly number[]) => height * width * channels;
  switch (kernel) {
    case "Conv2D":
    case "FusedConv2D":
      return sizeOf(result) * perOutput(filter.shape);
    case "Conv2DBackpropInput":
      return sizeOf(dy) * perOutput(filter.shape);
    case "Conv2DBackpropFilter":
      return sizeOf(dy) * perOutput(result.shape);
    case "EmStellarUpConvolution":
      return sizeOf(x) * 4 * (filter.shape[3] as number);
    case "EmStellarUpConvolutionInputGrad":
      return sizeOf(result) * 4 * (filter.shape[3] as number);
    case "EmStellarUpConvolutionFilterGrad":
      return sizeOf(x) * 4 * (result.shape[3] as number);
    default:
      return 0;
  }
}

function sizeOf({ shape }: tf.TensorInfo): number {
  return tf.util.sizeFromShape(shape);
}
