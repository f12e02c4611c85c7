import type { FusedConv2DAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { chooseParts, chooseTile } from "./choose.js";
import { filterGradientProduct } from "./filter-gradient.js";
import { type Epilogue, forwardProduct } from "./forward.js";
import { type ConvolutionAttrs, type Geometry, geometryOf } from "./geometry.js";
import { inputGradientProduct } from "./input-gradient.js";
import { productShader } from "./product.js";
import { exchange, sumOfParts } from "./rearrange.js";

type Inputs = Readonly<Record<"x" | "filter" | "dy", TensorInfo>> & { readonly bias?: TensorInfo };

/** Convolution of NHWC images; tfjs's own kernel serves dilated filters and other layouts. */
const conv2d: GpuKernel = (compute, stock) => {
  const stockKernel = stock("Conv2D");
  return {
    kernelName: "Conv2D",
    kernelFunc(call) {
      const { x, filter } = call.inputs as unknown as Inputs;
      const geometry = geometryOf(x.shape, filter.shape, call.attrs as unknown as ConvolutionAttrs);
      return geometry && x.dtype === "float32"
        ? forward(compute, geometry, { bias: false, relu: false }, [x, filter])
        : stockKernel(call);
    },
  };
};

/** Likewise with a bias and a ReLU; tfjs's own kernel serves other activations. */
const fusedConv2d: GpuKernel = (compute, stock) => {
  const stockKernel = stock("FusedConv2D");
  return {
    kernelName: "FusedConv2D",
    kernelFunc(call) {
      const { x, filter, bias } = call.inputs as unknown as Inputs;
      const attrs = call.attrs as unknown as FusedConv2DAttrs & ConvolutionAttrs;
      const geometry = geometryOf(x.shape, filter.shape, attrs);
      const relu = attrs.activation === "relu";
      const known = relu || attrs.activation === "linear";
      const fits = !bias || bias.shape.reduce((product, side) => product * side, 1) === geometry?.outChannels;
      return geometry && known && fits && x.dtype === "float32"
        ? forward(compute, geometry, { bias: bias !== undefined, relu }, [x, filter], bias)
        : stockKernel(call);
    },
  };
};

function forward(
  compute: Compute,
  geometry: Geometry,
  epilogue: Epilogue,
  factors: readonly TensorInfo[],
  bias?: TensorInfo,
): TensorInfo {
  const product = forwardProduct(geometry, epilogue);
  const result = compute.output(geometry.outShape);
  const buffers = [...factors, result, ...(bias ? [bias] : [])];
  compute.run(productShader(product, chooseTile(product, false, compute)), buffers);
  return result;
}

/** The gradient with respect to the input. */
const conv2dBackpropInput: GpuKernel = (compute, stock) => {
  const stockKernel = stock("Conv2DBackpropInput");
  return {
    kernelName: "Conv2DBackpropInput",
    kernelFunc(call) {
      const { dy, filter } = call.inputs as unknown as Inputs;
      const attrs = call.attrs as unknown as ConvolutionAttrs & { readonly inputShape: readonly number[] };
      const geometry = geometryOf(attrs.inputShape, filter.shape, attrs);
      if (!geometry || dy.dtype !== "float32") return stockKernel(call);
      const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
      const product = inputGradientProduct(geometry);
      const exchanged = compute.output([filterHeight, filterWidth, outChannels, inChannels]);
      compute.run(exchange(filterHeight * filterWidth, inChannels, outChannels), [filter, exchanged]);
      const result = compute.output(attrs.inputShape);
      compute.run(productShader(product, chooseTile(product, false, compute)), [dy, exchanged, result]);
      compute.release(exchanged);
      return result;
    },
  };
};

/** The gradient with respect to the filter. */
const conv2dBackpropFilter: GpuKernel = (compute, stock) => {
  const stockKernel = stock("Conv2DBackpropFilter");
  return {
    kernelName: "Conv2DBackpropFilter",
    kernelFunc(call) {
      const { x, dy } = call.inputs as unknown as Inputs;
      const { filterShape, ...attrs } = call.attrs as unknown as ConvolutionAttrs & {
        readonly filterShape: readonly number[];
      };
      const geometry = geometryOf(x.shape, filterShape, attrs);
      if (!geometry || x.dtype !== "float32" || dy.dtype !== "float32") return stockKernel(call);
      const size = filterGradientProduct(geometry, 1);
      const tile = chooseTile(size, true, compute);
      const parts = chooseParts(size, tile);
      const shader = productShader(filterGradientProduct(geometry, parts), tile);
      const result = compute.output(filterShape);
      if (parts === 1) {
        compute.run(shader, [x, dy, result]);
        return result;
      }
      const split = compute.output([parts, ...filterShape]);
      compute.run(shader, [x, dy, split]);
      compute.run(sumOfParts(parts, size.m * size.n), [split, result]);
      compute.release(split);
      return result;
    },
  };
};

/** Convolutions and their gradients. */
export const convolutionKernels: readonly GpuKernel[] = [
  conv2d,
  fusedConv2d,
  conv2dBackpropInput,
  conv2dBackpropFilter,
];
