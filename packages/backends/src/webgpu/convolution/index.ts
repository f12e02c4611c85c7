import type { FusedConv2DAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { chooseParts } from "./choose.js";
import { filterGradientProduct } from "./filter-gradient.js";
import { type Epilogue, forwardProduct } from "./forward.js";
import { type ConvolutionAttrs, type Geometry, geometryOf } from "./geometry.js";
import { inputGradientProduct } from "./input-gradient.js";
import { productShader } from "./product.js";
import { exchange, sumOfParts } from "./rearrange.js";
import { type Tile, tileName } from "./tile.js";
import type { Plan, Task, Tuning } from "./tuning.js";

/** tfjs leaves the inputs and attributes of kernels untyped; these are what its documentation says. */
type Inputs = Readonly<Record<"x" | "filter" | "dy", TensorInfo>> & { readonly bias?: TensorInfo };

/** Convolutions of NHWC images and their gradients; tfjs's own kernels serve dilated filters and other layouts. */
export function convolutionKernels(tuning: Tuning): GpuKernel[] {
  const tasks = new Map<string, Task>();
  const plans = new Map<string, Plan>();
  /** The shaders are long texts: they are written once, not in every step. */
  const planFor = <P extends Plan>(key: string, describe: (key: string) => Task<P>): P => {
    const task = (tasks.get(key) as Task<P> | undefined) ?? describe(key); // the same key, so the same kind of task
    tasks.set(key, task);
    const tile = tuning.tileFor(task);
    const name = `${key} ${tileName(tile)}`;
    const plan = (plans.get(name) as P | undefined) ?? task.plan(tile); // likewise
    plans.set(name, plan);
    return plan;
  };
  const forward = (
    compute: Compute,
    geometry: Geometry,
    epilogue: Epilogue,
    factors: readonly TensorInfo[],
    bias?: TensorInfo,
  ): TensorInfo => {
    const key = `forward ${Number(epilogue.bias)}${Number(epilogue.relu)} ${nameOf(geometry)}`;
    const { shader } = planFor(key, () => forwardTask(key, geometry, epilogue));
    const result = compute.output(geometry.outShape);
    compute.run(shader, [...factors, result, ...(bias ? [bias] : [])]);
    return result;
  };

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

  /** With a bias, and without an activation or with a ReLU. */
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
        const attrs = call.attrs as unknown as ConvolutionAttrs & { readonly inputShape: readonly number[] };
        const geometry = geometryOf(attrs.inputShape, filter.shape, attrs);
        if (!geometry || dy.dtype !== "float32") return stockKernel(call);
        const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
        const plan = planFor(`input ${nameOf(geometry)}`, (key) => inputGradientTask(key, geometry));
        const exchanged = compute.output([filterHeight, filterWidth, outChannels, inChannels]);
        compute.run(plan.exchange, [filter, exchanged]);
        const result = compute.output(attrs.inputShape);
        compute.run(plan.shader, [dy, exchanged, result]);
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
        const { filterShape, ...attrs } = call.attrs as unknown as ConvolutionAttrs & {
          readonly filterShape: readonly number[];
        };
        const geometry = geometryOf(x.shape, filterShape, attrs);
        if (!geometry || x.dtype !== "float32" || dy.dtype !== "float32") return stockKernel(call);
        const plan = planFor(`filter ${nameOf(geometry)}`, (key) => filterGradientTask(key, geometry));
        const result = compute.output(filterShape);
        if (!plan.sum) {
          compute.run(plan.shader, [x, dy, result]);
          return result;
        }
        const split = compute.output([plan.parts, ...filterShape]);
        compute.run(plan.shader, [x, dy, split]);
        compute.run(plan.sum, [split, result]);
        compute.release(split);
        return result;
      },
    };
  };

  return [conv2d, fusedConv2d, conv2dBackpropInput, conv2dBackpropFilter];
}

function forwardTask(key: string, geometry: Geometry, epilogue: Epilogue) {
  const product = forwardProduct(geometry, epilogue);
  const { x, filter, y } = sizesOf(geometry);
  return {
    key,
    size: product,
    canSplit: false,
    plan: (tile: Tile) => ({
      shader: productShader(product, tile),
      buffers: [x, filter, y, ...(epilogue.bias ? [geometry.outChannels] : [])],
    }),
  };
}

function inputGradientTask(key: string, geometry: Geometry) {
  const product = inputGradientProduct(geometry);
  const { x, filter, y } = sizesOf(geometry);
  return {
    key,
    size: product,
    canSplit: false,
    plan: (tile: Tile) => ({
      shader: productShader(product, tile),
      exchange: exchange(geometry.filterHeight * geometry.filterWidth, geometry.inChannels, geometry.outChannels),
      buffers: [y, filter, x],
    }),
  };
}

function filterGradientTask(key: string, geometry: Geometry) {
  const size = filterGradientProduct(geometry, 1);
  const { x, filter, y } = sizesOf(geometry);
  return {
    key,
    size,
    canSplit: true,
    plan(tile: Tile) {
      const parts = chooseParts(size, tile);
      const shader = productShader(filterGradientProduct(geometry, parts), tile);
      return {
        shader,
        parts,
        sum: parts > 1 ? sumOfParts(parts, filter) : undefined,
        buffers: [x, y, parts * filter],
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
