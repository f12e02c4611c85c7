import { engine, type GradConfig, type NamedAttrMap, type Tensor } from "@tensorflow/tfjs-core";

/** Attribute of the kernels Conv2D and Conv2DBackpropFilter: the name of the input that is a gradient where it is not the usual one. */
export interface OfGradient {
  readonly gradient?: "x";
}

/**
 * The gradient of a transposed convolution, in the place of tfjs's: the same convolutions, which are told that what they take
 * for images is a gradient, to be scaled for half precision.
 */
export const transposedGradient: GradConfig = {
  kernelName: "Conv2DBackpropInput",
  inputsToSave: ["dy", "filter"],
  gradFunc(given, [images, filter], { strides, pad, dataFormat, dimRoundingMode }) {
    // dimRoundingMode may be undefined, as in tfjs's own gradient, though its type says otherwise.
    const attrs = { strides, pad, dataFormat, dimRoundingMode, dilations: 1, gradient: "x" } as NamedAttrMap;
    const [x, dy, weights] = [given as Tensor, images as Tensor, filter as Tensor]; // one output, two inputs
    return {
      dy: () => engine().runKernel("Conv2D", { x, filter: weights }, attrs),
      filter: () => engine().runKernel("Conv2DBackpropFilter", { x, dy }, { ...attrs, filterShape: weights.shape }),
    };
  },
};
