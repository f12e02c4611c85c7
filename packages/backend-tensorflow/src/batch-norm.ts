import { batchNormGradName, batchNormName } from "@em-stellar/kernels/backend";
import {
  add,
  div,
  type KernelConfig,
  mean,
  mul,
  neg,
  reshape,
  rsqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  unstack,
} from "@tensorflow/tfjs-core";
import { tfjsName } from "./load-build.js";

/**
 * Batch normalization in training, made of tfjs's operations: three times as fast as tfjs's own with its gradient, which
 * repeats the mean and the variance over the whole image. An activation behind it runs on its own.
 */
export const batchNorm: KernelConfig = {
  kernelName: batchNormName("linear"),
  backendName: tfjsName,
  kernelFunc: ({ inputs, attrs }) =>
    tidy(() => {
      const { x, gamma, beta } = inputs as Record<"x" | "gamma" | "beta", Tensor>;
      const { epsilon } = attrs as { readonly epsilon: number };
      const pixels = reshape(x, [-1, gamma.size]);
      const near = mean(pixels, 0);
      const centred = sub(pixels, near);
      // What the mean of many large values lacks in single precision.
      const rest = mean(centred, 0);
      const average = add(near, rest);
      const lost = sub(rest, sub(average, near));
      const variance = sub(mean(square(centred), 0), square(rest));
      const inverse = rsqrt(add(variance, epsilon));
      const factor = mul(gamma, inverse);
      const y = add(mul(centred, factor), sub(beta, mul(rest, factor)));
      return [reshape(y, x.shape), average, variance, stack([lost, inverse])];
    }),
};

export const batchNormGrad: KernelConfig = {
  kernelName: batchNormGradName("linear"),
  backendName: tfjsName,
  kernelFunc: ({ inputs }) =>
    tidy(() => {
      const given = inputs as Record<"dy" | "x" | "gamma" | "mean" | "statistics", Tensor>;
      const { x, gamma } = given;
      const [lost, inverse] = unstack(given.statistics) as [Tensor, Tensor];
      const dy = reshape(given.dy, [-1, gamma.size]);
      const centred = sub(reshape(x, [-1, gamma.size]), given.mean); // but for what the mean has lost
      const count = dy.shape[0] as number;
      const dBeta = sum(dy, 0);
      const covariance = sub(sum(mul(dy, centred), 0), mul(lost, dBeta));
      const factor = mul(gamma, inverse);
      const slope = neg(div(mul(mul(factor, square(inverse)), covariance), count));
      const constant = neg(add(div(mul(factor, dBeta), count), mul(slope, lost)));
      const dx = add(add(mul(dy, factor), mul(centred, slope)), constant);
      return [reshape(dx, x.shape), mul(covariance, inverse), dBeta];
    }),
};
