import {
  type LossInputs,
  type OverlapLoss,
  overlapLossKernel,
  type PixelLoss,
  pixelLossKernel,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import { util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Heap } from "../heap.js";
import type { CompiledKernel } from "../kernel.js";

/** Losses that are a mean over pixels, with their gradients, in one pass. */
export const pixelLoss: CompiledKernel = (heap, compiled) => ({
  kernelName: pixelLossKernel,
  kernelFunc({ inputs, attrs }) {
    const { truth, prediction } = inputs as LossInputs;
    // The attributes of a kernel are untyped in tfjs.
    const { object, background, gamma } = attributesOf<PixelLoss>(attrs);
    const pixels = util.sizeFromShape(truth.shape);
    const loss = heap.allocate([]);
    const gradient = heap.allocate(prediction.shape);
    const parts = compiled.scratch(partBytes * compiled.threads);
    compiled.jobs.pixelLoss({
      truth: heap.address(truth),
      prediction: heap.address(prediction),
      gradient: heap.address(gradient),
      pixels,
      object,
      background,
      gamma,
      memory: parts,
    });
    heap.floats(loss)[0] = sumOfParts(heap, compiled, parts, 0) / pixels;
    return [loss, gradient];
  },
});

/** Losses of the overlap of truth and prediction, with their gradients. */
export const overlapLoss: CompiledKernel = (heap, compiled) => ({
  kernelName: overlapLossKernel,
  kernelFunc({ inputs, attrs }) {
    const { truth, prediction } = inputs as LossInputs;
    const { numerator, denominator, smooth, logarithm } = attributesOf<OverlapLoss>(attrs);
    const pixels = util.sizeFromShape(truth.shape);
    const loss = heap.allocate([]);
    const gradient = heap.allocate(prediction.shape);
    const parts = compiled.scratch(partBytes * compiled.threads);
    compiled.jobs.overlapSums({
      truth: heap.address(truth),
      prediction: heap.address(prediction),
      pixels,
      memory: parts,
    });
    const intersection = sumOfParts(heap, compiled, parts, 0);
    const total = sumOfParts(heap, compiled, parts, 4);
    const above = numerator * intersection + smooth;
    const below = total - denominator * intersection + smooth;
    heap.floats(loss)[0] = logarithm ? Math.log(below / above) : -above / below;
    // The derivatives by the intersection I = Σ y p and by the total S = Σ (y + p), whose own are y and 1.
    const byIntersection = logarithm
      ? -denominator / below - numerator / above
      : -(numerator * below + denominator * above) / below ** 2;
    const byTotal = logarithm ? 1 / below : above / below ** 2;
    compiled.jobs.overlapGradient({
      truth: heap.address(truth),
      gradient: heap.address(gradient),
      pixels,
      slope: byIntersection,
      constant: byTotal,
    });
    return [loss, gradient];
  },
});

/** Of each part: eight doubles. */
const partBytes = 64;

/** The sum of four doubles, from `first` on, of every part. */
function sumOfParts(heap: Heap, { threads }: Compiled, parts: number, first: number): number {
  const doubles = new Float64Array(heap.memory.buffer, parts, 8 * threads);
  return doubles.reduce((sum, value, i) => (i % 8 >= first && i % 8 < first + 4 ? sum + value : sum), 0);
}
