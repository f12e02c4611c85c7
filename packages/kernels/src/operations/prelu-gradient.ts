import {
  engine,
  type GradConfig,
  getBackend,
  getGradient,
  getKernel,
  reshape,
  type Tensor,
} from "@tensorflow/tfjs-core";

/** Name of the kernel of a PReLU's gradient: inputs x and dy [..., channels] and alpha, [channels] or [1]; outputs dx and dAlpha. */
export const preluGradName = "EmStellarPreluGrad";

/** Takes the place of tfjs's gradient (eight passes over the image) where alpha has one slope, or one for each channel. */
export function preluGradient(): GradConfig {
  const stock = getGradient("Prelu");
  return {
    ...stock,
    kernelName: "Prelu",
    gradFunc(dy, saved, attrs) {
      const [x, alpha] = saved as [Tensor, Tensor];
      const channels = x.shape.at(-1) as number;
      const perChannel = alpha.size === channels && alpha.shape.at(-1) === channels;
      const possible = (perChannel || alpha.size === 1) && x.dtype === "float32" && alpha.dtype === "float32";
      if (!getKernel(preluGradName, getBackend()) || !possible) return stock.gradFunc(dy, saved, attrs);
      // Run here and not in the functions below: each of those runs in a scope of its own, which would dispose of its sibling.
      const inputs = { x, dy: dy as Tensor, alpha: reshape(alpha, [alpha.size]) };
      const [dx, dAlpha] = engine().runKernel(preluGradName, inputs) as unknown as [Tensor, Tensor]; // its two outputs
      return { x: () => dx, alpha: () => reshape(dAlpha, alpha.shape) };
    },
  };
}
