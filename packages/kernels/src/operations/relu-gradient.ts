import { engine, type GradConfig, getBackend, getKernel, mul, step, type Tensor } from "@tensorflow/tfjs-core";

/** Name of the kernel of a ReLU's gradient: inputs `{ y, dy }`, y the ReLU's output; output dx, which is dy where y is above 0. */
export const reluGradName = "EmStellarReluGrad";

/** The gradient with respect to what went into a ReLU, from its output y and the gradient dy of that, by one kernel where the current backend has it. */
export function gradientOfRelu(y: Tensor, dy: Tensor): Tensor {
  const oneKernel = getKernel(reluGradName, getBackend()) && y.dtype === "float32";
  return oneKernel ? engine().runKernel(reluGradName, { y, dy }) : mul(dy, step(y));
}

/** Takes the place of tfjs's gradient. It keeps the output, which the next layer keeps as well, in place of the input. */
export const reluGradient: GradConfig = {
  kernelName: "Relu",
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => gradientOfRelu(y as Tensor, dy as Tensor) }),
};
