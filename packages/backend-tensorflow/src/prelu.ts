import { preluGradName } from "@em-stellar/kernels/backend";
import {
  add,
  greater,
  type KernelConfig,
  maximum,
  minimum,
  mul,
  reshape,
  sum,
  type Tensor,
  tidy,
  where,
} from "@tensorflow/tfjs-core";
import { tfjsName } from "./load-build.js";

/** In four passes over the image, where tfjs-node makes six. */
export const prelu: KernelConfig = {
  kernelName: "Prelu",
  backendName: tfjsName,
  kernelFunc: ({ inputs }) =>
    tidy(() => {
      const { x, alpha } = inputs as Record<"x" | "alpha", Tensor>;
      return add(maximum(x, 0), mul(alpha, minimum(x, 0)));
    }),
};

/** For one slope, or one for each channel. */
export const preluGrad: KernelConfig = {
  kernelName: preluGradName,
  backendName: tfjsName,
  kernelFunc: ({ inputs }) =>
    tidy(() => {
      const { x, dy, alpha } = inputs as Record<"x" | "dy" | "alpha", Tensor>;
      const [xs, dys] = [x, dy].map((image) => reshape(image, [-1, alpha.size])) as [Tensor, Tensor];
      const dx = where(greater(xs, 0), dys, mul(dys, alpha));
      const dAlpha = sum(mul(dys, minimum(xs, 0)), 0);
      return [reshape(dx, x.shape), dAlpha];
    }),
};
