import {
  type UpConvolutionAttributes,
  type UpConvolutionFilterGradInputs,
  type UpConvolutionInputGradInputs,
  type UpConvolutionInputs,
  upConvolutionFilterGradKernel,
  upConvolutionInputGradKernel,
  upConvolutionKernel,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import type { GpuKernel } from "../kernel.js";
import { chooseParts } from "./choose.js";
import type { Epilogue } from "./forward.js";
import type { Plans } from "./plans.js";
import { productShader } from "./product.js";
import type { Tile } from "./tile.js";
import {
  type UpGeometry,
  upFilterGradientProduct,
  upFilterSum,
  upInputFilter,
  upInputGradientProduct,
  upProduct,
} from "./up-convolution.js";

type Shape = [number, number, number, number];

/** Nearest up-sampling by 2 with the convolution of 2×2 taps behind it, and its gradients: four products for sixteen, in single precision. */
export function upConvolutionKernels(planFor: Plans): GpuKernel[] {
  const forward: GpuKernel = (compute) => ({
    kernelName: upConvolutionKernel,
    kernelFunc({ inputs, attrs }) {
      const { x, filter, bias } = inputs as UpConvolutionInputs;
      const { activation } = attributesOf<UpConvolutionAttributes>(attrs);
      const geometry = geometryOf(x.shape as Shape, filter.shape as Shape);
      const { images, height, width, outChannels } = geometry;
      const result = compute.output([images, 2 * height, 2 * width, outChannels]);
      if (isEmpty(geometry)) return result;
      const epilogue = { bias: bias !== undefined, relu: activation === "relu" };
      const name = `up ${Number(epilogue.bias)}${Number(epilogue.relu)} ${nameOf(geometry)}`;
      const { shader } = planFor(name, (key) => upTask(key, geometry, epilogue));
      compute.run(shader, [x, filter, result, ...(bias ? [bias] : [])]);
      return result;
    },
  });

  const inputGradient: GpuKernel = (compute) => ({
    kernelName: upConvolutionInputGradKernel,
    kernelFunc({ inputs }) {
      const { dy, filter } = inputs as UpConvolutionInputGradInputs;
      const [images, outHeight, outWidth] = dy.shape as Shape;
      const geometry = geometryOf([images, outHeight / 2, outWidth / 2, 0], filter.shape as Shape);
      const { height, width, inChannels, outChannels } = geometry;
      const result = compute.output([images, height, width, inChannels]);
      if (isEmpty(geometry)) return result;
      const plan = planFor(`up input ${nameOf(geometry)}`, (key) => upInputGradientTask(key, geometry));
      const exchanged = compute.output([4, outChannels, inChannels]);
      compute.run(plan.exchange, [filter, exchanged]);
      compute.run(plan.shader, [dy, exchanged, result]);
      compute.release(exchanged);
      return result;
    },
  });

  const filterGradient: GpuKernel = (compute) => ({
    kernelName: upConvolutionFilterGradKernel,
    kernelFunc({ inputs }) {
      const { x, dy } = inputs as UpConvolutionFilterGradInputs;
      const [, , , inChannels] = x.shape as Shape;
      const filterShape: Shape = [2, 2, inChannels, (dy.shape as Shape)[3]];
      const geometry = geometryOf(x.shape as Shape, filterShape);
      const result = compute.output(filterShape);
      if (isEmpty(geometry)) return result;
      const plan = planFor(`up filter ${nameOf(geometry)}`, (key) => upFilterGradientTask(key, geometry));
      const split = compute.output([plan.parts, inChannels, 4, geometry.outChannels]);
      compute.run(plan.shader, [x, dy, split]);
      compute.run(plan.sum, [split, result]);
      compute.release(split);
      return result;
    },
  });

  return [forward, inputGradient, filterGradient];
}

function geometryOf([images, height, width]: Shape, [, , inChannels, outChannels]: Shape): UpGeometry {
  return { images, height, width, inChannels, outChannels };
}

function isEmpty({ images, height, width, inChannels, outChannels }: UpGeometry): boolean {
  return images * height * width * inChannels * outChannels === 0;
}

function nameOf({ images, height, width, inChannels, outChannels }: UpGeometry): string {
  return `${images}x${height}x${width}x${inChannels} ${outChannels}`;
}

const single = { canSplit: false, half: undefined };

function upTask(key: string, geometry: UpGeometry, epilogue: Epilogue) {
  const product = upProduct(geometry, epilogue);
  const { x, filter, y } = sizesOf(geometry);
  const buffers = [x, filter, y, ...(epilogue.bias ? [geometry.outChannels] : [])];
  return { ...single, key, size: product, plan: (tile: Tile) => ({ shader: productShader(product, tile), buffers }) };
}

function upInputGradientTask(key: string, geometry: UpGeometry) {
  const product = upInputGradientProduct(geometry);
  const { x, filter, y } = sizesOf(geometry);
  const plan = (tile: Tile) => ({
    shader: productShader(product, tile),
    exchange: upInputFilter(geometry),
    buffers: [y, filter, x],
  });
  return { ...single, key, size: product, plan };
}

function upFilterGradientTask(key: string, geometry: UpGeometry) {
  const size = upFilterGradientProduct(geometry, 1);
  const { x, filter, y } = sizesOf(geometry);
  const plan = (tile: Tile) => {
    const parts = chooseParts(size, tile);
    return {
      shader: productShader(upFilterGradientProduct(geometry, parts), tile),
      parts,
      sum: upFilterSum(geometry, parts),
      buffers: [x, y, parts * filter],
    };
  };
  return { key, size, canSplit: true, half: undefined, plan };
}

/** Numbers of elements. */
function sizesOf({ images, height, width, inChannels, outChannels }: UpGeometry) {
  const pixels = images * height * width;
  return { x: pixels * inChannels, filter: 4 * inChannels * outChannels, y: 4 * pixels * outChannels };
}
