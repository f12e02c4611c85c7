import { engine, type GradConfig, getBackend, getKernel, mul, step, type Tensor } from "@tensorflow/tfjs-core";

/** Name of the kernel of a ReLU's gradient: inputs `{ y, dy }`, y the ReLU's output; output dx, which is dy where y is above 0. */
export const reluGradName = "EmStellarReluGrad";

/** Takes the place of tfjs's gradient. It keeps the output, which the next layer keeps as well, in place of the input. */
export const reluGradient: GradConfig = {
  kernelName: "Relu",
  outputsToSave: [true],
  gradFunc(dy, [y]) {
    const inputs = { y: y as Tensor, dy: dy as Tensor };
    const oneKernel = getKernel(reluGradName, getBackend()) && inputs.y.dtype === "float32";
    return { x: () => (oneKernel ? engine().runKernel(reluGradName, inputs) : mul(inputs.dy, step(inputs.y))) };
  },
};
