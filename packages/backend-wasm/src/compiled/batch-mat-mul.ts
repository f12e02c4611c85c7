import { attributesOf } from "@em-stellar/kernels/backend";
import type { BatchMatMulAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./conv2d-backprop-input.js";

/**
 * Products of two matrices one of which is transposed, for which tfjs's own kernel has plain loops. Rows are taken for the
 * pixels of an image: a · bᵀ is then the gradient of a 1×1 convolution's input, and aᵀ · b that of its filter.
 */
export const batchMatMul: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("BatchMatMul");
  const inputGradient = conv2dBackpropInput(heap, compiled, stock).kernelFunc;
  const filterGradient = conv2dBackpropFilter(heap, compiled, stock).kernelFunc;
  const one = { strides: [1, 1], pad: "valid", dataFormat: "NHWC" };
  return {
    kernelName: "BatchMatMul",
    kernelFunc(call) {
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const { transposeA, transposeB } = attributesOf<BatchMatMulAttrs>(call.attrs);
      const single = [a, b].every(({ shape }) => shape.length >= 2 && shape.slice(0, -2).every((side) => side === 1));
      const floats = a.dtype === "float32" && b.dtype === "float32";
      const [outer, inner, columns] = transposeA
        ? [a.shape.at(-1), a.shape.at(-2), b.shape.at(-1)]
        : [a.shape.at(-2), a.shape.at(-1), b.shape.at(-2)];
      const sides = imageOf(transposeA ? (inner as number) : (outer as number));
      if (transposeA === transposeB || !single || !floats || !sides || !outer || !inner || !columns) {
        return stockKernel(call);
      }
      const shape = [...(a.shape.length >= b.shape.length ? a : b).shape.slice(0, -2), outer, columns];
      const product = transposeA
        ? filterGradient({
            ...call,
            inputs: { x: { ...a, shape: [1, ...sides, outer] }, dy: { ...b, shape: [1, ...sides, columns] } },
            attrs: { ...one, filterShape: [1, 1, outer, columns] },
          })
        : inputGradient({
            ...call,
            inputs: { dy: { ...a, shape: [1, ...sides, inner] }, filter: { ...b, shape: [1, 1, columns, inner] } },
            attrs: { ...one, inputShape: [1, ...sides, columns] },
          });
      return { ...(product as TensorInfo), shape };
    },
  };
};

/** Height and width of an image of so many pixels, rows of which fit the cache; undefined where there is none. */
function imageOf(pixels: number): [number, number] | undefined {
  for (let width = Math.min(pixels, 512); width >= 16 || width === pixels; width--) {
    if (pixels % width === 0) return [pixels / width, width];
  }
  return undefined;
}
