import { attributesOf } from "@em-stellar/kernels/backend";
import type { FusedConv2DAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { chooseParts } from "./choose.js";
import { filterGradientProduct } from "./filter-gradient.js";
import { type Epilogue, forwardProduct } from "./forward.js";
import { type ConvolutionAttrs, type Geometry, geometryOf } from "./geometry.js";
import type { Half } from "./half.js";
import { inputGradientProduct } from "./input-gradient.js";
import type { Plans } from "./plans.js";
import { productShader } from "./product.js";
import { exchange, sumOfParts } from "./rearrange.js";
import type { Tile } from "./tile.js";
import type { OfGradient } from "./transposed-gradient.js";

/** tfjs leaves the inputs and attributes of kernels untyped; these are what its documentation says. */
type Inputs = Readonly<Record<"x" | "filter" | "dy", TensorInfo>> & { readonly bias?: TensorInfo };

const noEpilogue: Epilogue = { bias: false, relu: false };

/**
 * Convolutions of NHWC images and their gradients, in half precision where it is given; tfjs's own kernels serve dilated
 * filters and other layouts.
 */
export function convolutionKernels(planFor: Plans, half?: Half): GpuKernel[] {
  const scaleOf = (gradient: TensorInfo) => (half ? [half.scaleOf(gradient)] : []);
  const forward = (
    compute: Compute,
    geometry: Geometry,
    epilogue: Epilogue,
    factors: readonly TensorInfo[],
    bias?: TensorInfo,
  ): TensorInfo => {
    const product = `forward ${Number(epilogue.bias)}${Number(epilogue.relu)} ${nameOf(geometry)}`;
    const { shader } = planFor(product, (key) => forwardTask(key, geometry, epilogue, half));
    const result = compute.output(geometry.outShape);
    compute.run(shader, [...factors, result, ...(bias ? [bias] : [])]);
    return result;
  };

  const forwardOfGradient = (
    compute: Compute,
    geometry: Geometry,
    x: TensorInfo,
    filter: TensorInfo,
    { scaleOf }: Half,
  ): TensorInfo => {
    const product = `forward of a gradient ${nameOf(geometry)}`;
    const { shader } = planFor(product, (key) => forwardTask(key, geometry, noEpilogue, half, true));
    const result = compute.output(geometry.outShape);
    compute.run(shader, [x, filter, result, scaleOf(x)]);
    return result;
  };

  const conv2d: GpuKernel = (compute, stock) => {
    const stockKernel = stock("Conv2D");
    return {
      kernelName: "Conv2D",
      kernelFunc(call) {
        const { x, filter } = call.inputs as unknown as Inputs;
        const attrs = attributesOf<ConvolutionAttrs & OfGradient>(call.attrs);
        const geometry = geometryOf(x.shape, filter.shape, attrs);
        if (!geometry || x.dtype !== "float32") return stockKernel(call);
        if (half && attrs.gradient === "x") return forwardOfGradient(compute, geometry, x, filter, half);
        return forward(compute, geometry, noEpilogue, [x, filter]);
      },
    };
  };

  /** With a bias, and without an activation or with a ReLU. */
  const fusedConv2d: GpuKernel = (compute, stock) => {
    const stockKernel = stock("FusedConv2D");
    return {
      kernelName: "FusedConv2D",
      kernelFunc(call) {
        const { x, filter, bias } = call.inputs as unknown as Inputs;
        const attrs = attributesOf<FusedConv2DAttrs & ConvolutionAttrs>(call.attrs);
        const geometry = geometryOf(x.shape, filter.shape, attrs);
        const relu = attrs.activation === "relu";
        const known = relu || attrs.activation === "linear";
        const fits = !bias || sizeOf(bias.shape) === geometry?.outChannels;
        return geometry && known && fits && x.dtype === "float32"
          ? forward(compute, geometry, { bias: bias !== undefined, relu }, [x, filter], bias)
          : stockKernel(call);
      },
    };
  };

  const conv2dBackpropInput: GpuKernel = (compute, stock) => {
    const stockKernel = stock("Conv2DBackpropInput");
    return {
      kernelName: "Conv2DBackpropInput",
      kernelFunc(call) {
        const { dy, filter } = call.inputs as unknown as Inputs;
        const attrs = attributesOf<ConvolutionAttrs & { readonly inputShape: readonly number[] }>(call.attrs);
        const geometry = geometryOf(attrs.inputShape, filter.shape, attrs);
        if (!geometry || dy.dtype !== "float32") return stockKernel(call);
        const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
        const plan = planFor(`input ${nameOf(geometry)}`, (key) => inputGradientTask(key, geometry, half));
        const exchanged = compute.output([filterHeight, filterWidth, outChannels, inChannels]);
        compute.run(plan.exchange, [filter, exchanged]);
        const result = compute.output(attrs.inputShape);
        compute.run(plan.shader, [dy, exchanged, result, ...scaleOf(dy)]);
        compute.release(exchanged);
        return result;
      },
    };
  };

  const conv2dBackpropFilter: GpuKernel = (compute, stock) => {
    const stockKernel = stock("Conv2DBackpropFilter");
    return {
      kernelName: "Conv2DBackpropFilter",
      kernelFunc(call) {
        const { x, dy } = call.inputs as unknown as Inputs;
        const {
          filterShape,
          gradient = "dy",
          ...attrs
        } = attributesOf<ConvolutionAttrs & OfGradient & { readonly filterShape: readonly number[] }>(call.attrs);
        const geometry = geometryOf(x.shape, filterShape, attrs);
        if (!geometry || x.dtype !== "float32" || dy.dtype !== "float32") return stockKernel(call);
        const product = gradient === "x" ? `filter from x ${nameOf(geometry)}` : `filter ${nameOf(geometry)}`;
        const plan = planFor(product, (key) => filterGradientTask(key, geometry, gradient, half));
        const scale = scaleOf(gradient === "x" ? x : dy);
        const result = compute.output(filterShape);
        if (!plan.sum) {
          compute.run(plan.shader, [x, dy, result, ...scale]);
          return result;
        }
        const split = compute.output([plan.parts, ...filterShape]);
        compute.run(plan.shader, [x, dy, split, ...scale]);
        compute.run(plan.sum, [split, result]);
        compute.release(split);
        return result;
      },
    };
  };

  return [conv2d, fusedConv2d, conv2dBackpropInput, conv2dBackpropFilter];
}

function forwardTask(key: string, geometry: Geometry, epilogue: Epilogue, half: Half | undefined, ofGradient = false) {
  const product = forwardProduct(geometry, epilogue, ofGradient);
  const { x, filter, y } = sizesOf(geometry);
  return {
    key,
    size: product,
    canSplit: false,
    half,
    plan: (tile: Tile) => ({
      shader: productShader(product, tile, half !== undefined),
      buffers: [x, filter, y, ...(epilogue.bias ? [geometry.outChannels] : []), ...(ofGradient ? [2] : [])],
    }),
  };
}

function inputGradientTask(key: string, geometry: Geometry, half: Half | undefined) {
  const product = inputGradientProduct(geometry);
  const { x, filter, y } = sizesOf(geometry);
  return {
    key,
    size: product,
    canSplit: false,
    half,
    plan: (tile: Tile) => ({
      shader: productShader(product, tile, half !== undefined),
      exchange: exchange(geometry.filterHeight * geometry.filterWidth, geometry.inChannels, geometry.outChannels),
      buffers: [y, filter, x, ...(half ? [2] : [])],
    }),
  };
}

function filterGradientTask(key: string, geometry: Geometry, gradient: "x" | "dy", half: Half | undefined) {
  const size = filterGradientProduct(geometry, 1);
  const { x, filter, y } = sizesOf(geometry);
  return {
    key,
    size,
    canSplit: true,
    half,
    plan(tile: Tile) {
      const parts = chooseParts(size, tile);
      const shader = productShader(filterGradientProduct(geometry, parts, gradient), tile, half !== undefined);
      return {
        shader,
        parts,
        sum: parts > 1 ? sumOfParts(parts, filter) : undefined,
        buffers: [x, y, parts * filter, ...(half ? [2] : [])],
      };
    },
  };
}

/** Numbers of elements. */
function sizesOf({ batchSize, inHeight, inWidth, inChannels, outShape, ...filter }: Geometry) {
  return {
    x: batchSize * inHeight * inWidth * inChannels,
    filter: filter.filterHeight * filter.filterWidth * inChannels * filter.outChannels,
    y: sizeOf(outShape),
  };
}

function nameOf(geometry: Geometry): string {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = geometry;
  const window = `${filterHeight}x${filterWidth}/${strideHeight}x${strideWidth}+${top}+${left}`;
  return `${batchSize}x${inHeight}x${inWidth}x${inChannels} ${window} ${outHeight}x${outWidth}x${outChannels}`;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
