import {
  engine,
  type GradConfig,
  getBackend,
  getGradient,
  reshape,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { Kernel } from "./kernel.js";

const preluGradName = "EmStellarPreluGrad";

/** The gradient of a parametric ReLU with one slope per channel, in one pass: x, dy [..., channels] and alpha [channels] to dx and dAlpha. */
export const preluGrad: Kernel = (heap) => ({
  kernelName: preluGradName,
  kernelFunc({ inputs }) {
    const { x, dy, alpha } = inputs as Record<"x" | "dy" | "alpha", TensorInfo>;
    const dx = heap.allocate(x.shape);
    const dAlpha = heap.allocate(alpha.shape);
    const signs = heap.words(x);
    heap.floats(dAlpha).set(gradients(heap.floats(x), signs, heap.floats(dy), heap.floats(alpha), heap.floats(dx)));
    return [dx, dAlpha];
  },
});

/** Takes the place of tfjs's composed gradient (eight passes over the image) where alpha has one slope per channel and the backend is wasm. */
export function preluGradient(): GradConfig {
  const stock = getGradient("Prelu");
  return {
    ...stock,
    kernelName: "Prelu",
    gradFunc(dy, saved, attrs) {
      const [x, alpha] = saved as [Tensor, Tensor];
      const channels = x.shape.at(-1) as number;
      const perChannel = alpha.size === channels && alpha.shape.at(-1) === channels;
      const possible = perChannel && x.dtype === "float32" && alpha.dtype === "float32";
      if (getBackend() !== "wasm" || !possible) return stock.gradFunc(dy, saved, attrs);
      // Run here and not in the functions below: each of those runs in a scope of its own, which would dispose of its sibling.
      const inputs = { x, dy: dy as Tensor, alpha: reshape(alpha, [channels]) };
      const [dx, dAlpha] = engine().runKernel(preluGradName, inputs) as unknown as [Tensor, Tensor];
      return { x: () => dx, alpha: () => reshape(dAlpha, alpha.shape) };
    },
  };
}

/**
 * Fills dx and returns dAlpha. Signs are random, and a wrongly guessed branch costs more than the arithmetic, so there is
 * none: (bits - 1) >> 31 is -1 for values up to 0 and 0 above, and v - |v| is twice what lies below 0.
 */
function gradients(
  x: Float32Array,
  signs: Int32Array,
  dy: Float32Array,
  alpha: Float32Array,
  dx: Float32Array,
): Float64Array {
  const channels = alpha.length;
  const { length } = x;
  const dAlpha = new Float64Array(channels);
  let channel = 0;
  // Four channels at a time in local variables: see batch-norm.ts.
  for (; channel + 4 <= channels; channel += 4) {
    const k0 = 1 - (alpha[channel] as number);
    const k1 = 1 - (alpha[channel + 1] as number);
    const k2 = 1 - (alpha[channel + 2] as number);
    const k3 = 1 - (alpha[channel + 3] as number);
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = channel; i < length; i += channels) {
      const d0 = dy[i] as number;
      const d1 = dy[i + 1] as number;
      const d2 = dy[i + 2] as number;
      const d3 = dy[i + 3] as number;
      const v0 = x[i] as number;
      const v1 = x[i + 1] as number;
      const v2 = x[i + 2] as number;
      const v3 = x[i + 3] as number;
      s0 += (v0 - Math.abs(v0)) * d0;
      s1 += (v1 - Math.abs(v1)) * d1;
      s2 += (v2 - Math.abs(v2)) * d2;
      s3 += (v3 - Math.abs(v3)) * d3;
      dx[i] = d0 + (((signs[i] as number) - 1) >> 31) * k0 * d0;
      dx[i + 1] = d1 + (((signs[i + 1] as number) - 1) >> 31) * k1 * d1;
      dx[i + 2] = d2 + (((signs[i + 2] as number) - 1) >> 31) * k2 * d2;
      dx[i + 3] = d3 + (((signs[i + 3] as number) - 1) >> 31) * k3 * d3;
    }
    dAlpha.set([s0 / 2, s1 / 2, s2 / 2, s3 / 2], channel);
  }
  for (; channel < channels; channel++) {
    const k = 1 - (alpha[channel] as number);
    let sum = 0;
    for (let i = channel; i < length; i += channels) {
      const d = dy[i] as number;
      const value = x[i] as number;
      sum += (value - Math.abs(value)) * d;
      dx[i] = d + (((signs[i] as number) - 1) >> 31) * k * d;
    }
    dAlpha[channel] = sum / 2;
  }
  return dAlpha;
}
