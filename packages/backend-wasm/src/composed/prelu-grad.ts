import { preluGradName } from "@em-stellar/kernels/backend";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.js";

/** The gradient of a PReLU in one pass. */
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

/**
 * Fills dx and returns dAlpha. Signs are random, and a wrongly guessed branch costs more than the arithmetic, so there is
 * none: v - |v| is twice what lies below 0.
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
      dx[i] = d0 + notAbove(signs[i] as number) * k0 * d0;
      dx[i + 1] = d1 + notAbove(signs[i + 1] as number) * k1 * d1;
      dx[i + 2] = d2 + notAbove(signs[i + 2] as number) * k2 * d2;
      dx[i + 3] = d3 + notAbove(signs[i + 3] as number) * k3 * d3;
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
      dx[i] = d + notAbove(signs[i] as number) * k * d;
    }
    dAlpha[channel] = sum / 2;
  }
  return dAlpha;
}

/** -1 for the bits of a float up to 0, -0 among them, and 0 for one above. */
function notAbove(bits: number): number {
  return (bits >> 31) | ((bits - 1) >> 31);
}
