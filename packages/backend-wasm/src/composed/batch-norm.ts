import { batchNormGradName, batchNormName } from "@em-stellar/kernels/backend";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.js";

/** One pass for the statistics, one to apply them. An activation behind it runs on its own here. */
export const batchNorm: Kernel = (heap) => ({
  kernelName: batchNormName("linear"),
  kernelFunc({ inputs, attrs }) {
    const { x, gamma, beta } = inputs as { x: TensorInfo; gamma: TensorInfo; beta: TensorInfo };
    const { epsilon } = attrs as { epsilon: number };
    const [channels] = gamma.shape as [number];
    const y = heap.allocate(x.shape);
    const outputs = [heap.allocate([channels]), heap.allocate([channels]), heap.allocate([2, channels])] as const;
    const [means, variances, rest] = outputs.map(heap.floats) as [Float32Array, Float32Array, Float32Array];
    const values = heap.floats(x);
    const { mean, variance } = meanAndVariance(values, channels);
    means.set(mean);
    variances.set(variance);

    const [scale, shift] = [new Float64Array(channels), new Float64Array(channels)];
    const [gammas, betas] = [heap.floats(gamma), heap.floats(beta)];
    for (let channel = 0; channel < channels; channel++) {
      const inverse = 1 / Math.sqrt((variance[channel] as number) + epsilon);
      rest[channel] = (mean[channel] as number) - (means[channel] as number);
      rest[channels + channel] = inverse;
      const factor = (gammas[channel] as number) * inverse;
      scale[channel] = factor;
      shift[channel] = (betas[channel] as number) - factor * (mean[channel] as number);
    }
    affine(values, scale, shift, heap.floats(y));
    return [y, ...outputs];
  },
});

/** Likewise in two passes. */
export const batchNormGrad: Kernel = (heap) => ({
  kernelName: batchNormGradName("linear"),
  kernelFunc({ inputs }) {
    const { dy, x, gamma, mean, statistics } = inputs as Record<
      "dy" | "x" | "gamma" | "mean" | "statistics",
      TensorInfo
    >;
    const [channels] = gamma.shape as [number];
    const dx = heap.allocate(x.shape);
    const dGamma = heap.allocate([channels]);
    const dBeta = heap.allocate([channels]);
    const [xs, dys, gammas, rest] = [x, dy, gamma, statistics].map(heap.floats) as Floats4;
    const [dGammas, dBetas] = [heap.floats(dGamma), heap.floats(dBeta)];
    const means = Float64Array.from(heap.floats(mean), (value, channel) => value + (rest[channel] as number));
    const count = xs.length / channels;

    const { sums, centredSums } = sumsOfGradient(dys, xs, means);
    // dx = fromDy · dy + fromX · x + constant, per channel
    const [fromDy, fromX, constant] = [
      new Float64Array(channels),
      new Float64Array(channels),
      new Float64Array(channels),
    ];
    for (let channel = 0; channel < channels; channel++) {
      const inverse = rest[channels + channel] as number;
      const factor = (gammas[channel] as number) * inverse;
      const slope = (-factor * inverse * inverse * (centredSums[channel] as number)) / count;
      fromDy[channel] = factor;
      fromX[channel] = slope;
      constant[channel] = (-factor * (sums[channel] as number)) / count - slope * (means[channel] as number);
      dGammas[channel] = inverse * (centredSums[channel] as number);
      dBetas[channel] = sums[channel] as number;
    }
    affineOfTwo(dys, fromDy, xs, fromX, constant, heap.floats(dx));
    return [dx, dGamma, dBeta];
  },
});

type Floats4 = [Float32Array, Float32Array, Float32Array, Float32Array];

// The loops below take four neighbouring channels at a time and keep what they need in local variables: three times as
// fast as an inner loop over all channels. The last one to three channels go one by one.

function meanAndVariance(x: Float32Array, channels: number): { mean: Float64Array; variance: Float64Array } {
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  const count = x.length / channels;
  // Sums of squares in double precision lose nothing of what single-precision values hold, short of a mean of 10⁶ deviations.
  const store = (channel: number, sum: number, squares: number): void => {
    mean[channel] = sum / count;
    variance[channel] = Math.max(0, squares / count - (sum / count) ** 2);
  };
  const { length } = x;
  let channel = 0;
  for (; channel + 4 <= channels; channel += 4) {
    let [s0, s1, s2, s3, q0, q1, q2, q3] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = channel; i < length; i += channels) {
      const v0 = x[i] as number;
      const v1 = x[i + 1] as number;
      const v2 = x[i + 2] as number;
      const v3 = x[i + 3] as number;
      s0 += v0;
      s1 += v1;
      s2 += v2;
      s3 += v3;
      q0 += v0 * v0;
      q1 += v1 * v1;
      q2 += v2 * v2;
      q3 += v3 * v3;
    }
    store(channel, s0, q0);
    store(channel + 1, s1, q1);
    store(channel + 2, s2, q2);
    store(channel + 3, s3, q3);
  }
  for (; channel < channels; channel++) {
    let [sum, squares] = [0, 0];
    for (let i = channel; i < length; i += channels) {
      const value = x[i] as number;
      sum += value;
      squares += value * value;
    }
    store(channel, sum, squares);
  }
  return { mean, variance };
}

/** y = scale · x + shift, per channel. */
function affine(x: Float32Array, scale: Float64Array, shift: Float64Array, y: Float32Array): void {
  const channels = scale.length;
  const { length } = x;
  let channel = 0;
  for (; channel + 4 <= channels; channel += 4) {
    const [a0, a1, a2, a3] = scale.subarray(channel) as unknown as Four;
    const [b0, b1, b2, b3] = shift.subarray(channel) as unknown as Four;
    for (let i = channel; i < length; i += channels) {
      y[i] = (x[i] as number) * a0 + b0;
      y[i + 1] = (x[i + 1] as number) * a1 + b1;
      y[i + 2] = (x[i + 2] as number) * a2 + b2;
      y[i + 3] = (x[i + 3] as number) * a3 + b3;
    }
  }
  for (; channel < channels; channel++) {
    const a = scale[channel] as number;
    const b = shift[channel] as number;
    for (let i = channel; i < length; i += channels) y[i] = (x[i] as number) * a + b;
  }
}

/** Per channel: Σ dy and Σ dy · (x - mean). */
function sumsOfGradient(
  dy: Float32Array,
  x: Float32Array,
  mean: Float64Array,
): { sums: Float64Array; centredSums: Float64Array } {
  const channels = mean.length;
  const [sums, centredSums] = [new Float64Array(channels), new Float64Array(channels)];
  const { length } = dy;
  let channel = 0;
  for (; channel + 4 <= channels; channel += 4) {
    let [s0, s1, s2, s3, p0, p1, p2, p3] = [0, 0, 0, 0, 0, 0, 0, 0];
    const [m0, m1, m2, m3] = mean.subarray(channel) as unknown as Four;
    for (let i = channel; i < length; i += channels) {
      const d0 = dy[i] as number;
      const d1 = dy[i + 1] as number;
      const d2 = dy[i + 2] as number;
      const d3 = dy[i + 3] as number;
      s0 += d0;
      s1 += d1;
      s2 += d2;
      s3 += d3;
      p0 += d0 * ((x[i] as number) - m0);
      p1 += d1 * ((x[i + 1] as number) - m1);
      p2 += d2 * ((x[i + 2] as number) - m2);
      p3 += d3 * ((x[i + 3] as number) - m3);
    }
    sums.set([s0, s1, s2, s3], channel);
    centredSums.set([p0, p1, p2, p3], channel);
  }
  for (; channel < channels; channel++) {
    let [sum, centred] = [0, 0];
    const centre = mean[channel] as number;
    for (let i = channel; i < length; i += channels) {
      const gradient = dy[i] as number;
      sum += gradient;
      centred += gradient * ((x[i] as number) - centre);
    }
    sums[channel] = sum;
    centredSums[channel] = centred;
  }
  return { sums, centredSums };
}

/** out = fromA · a + fromB · b + constant, per channel. */
function affineOfTwo(
  a: Float32Array,
  fromA: Float64Array,
  b: Float32Array,
  fromB: Float64Array,
  constant: Float64Array,
  out: Float32Array,
): void {
  const channels = fromA.length;
  const { length } = a;
  let channel = 0;
  for (; channel + 4 <= channels; channel += 4) {
    const [a0, a1, a2, a3] = fromA.subarray(channel) as unknown as Four;
    const [b0, b1, b2, b3] = fromB.subarray(channel) as unknown as Four;
    const [c0, c1, c2, c3] = constant.subarray(channel) as unknown as Four;
    for (let i = channel; i < length; i += channels) {
      out[i] = (a[i] as number) * a0 + (b[i] as number) * b0 + c0;
      out[i + 1] = (a[i + 1] as number) * a1 + (b[i + 1] as number) * b1 + c1;
      out[i + 2] = (a[i + 2] as number) * a2 + (b[i + 2] as number) * b2 + c2;
      out[i + 3] = (a[i + 3] as number) * a3 + (b[i + 3] as number) * b3 + c3;
    }
  }
  for (; channel < channels; channel++) {
    const fa = fromA[channel] as number;
    const fb = fromB[channel] as number;
    const fixed = constant[channel] as number;
    for (let i = channel; i < length; i += channels) out[i] = (a[i] as number) * fa + (b[i] as number) * fb + fixed;
  }
}

/** The first values of a typed array that is known to hold as many. */
type Four = [number, number, number, number];
