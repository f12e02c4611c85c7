import {
  customGrad,
  engine,
  fused,
  getBackend,
  getKernel,
  image,
  type NamedAttrMap,
  type NamedTensorMap,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
  tidy,
} from "@tensorflow/tfjs-core";
import { gradientOfRelu } from "./relu-gradient.js";

/**
 * Name of the tfjs kernel that a backend may register for nearest up-sampling by 2 with a convolution of 2 × 2 taps behind it.
 *
 * Inputs `{ x, filter, bias }`, all float32: x [batch, height, width, in], filter [2, 2, in, out], and, where there is one, bias
 * [out]. Attributes: {@link UpConvolutionAttributes}. Output: one new float32 tensor [batch, 2 · height, 2 · width, out], what
 * tfjs's resizeNearestNeighbor and conv2d with stride 1 and "same" padding (zeros below and on the right) give one after the other.
 * A backend registers it together with {@link upConvolutionInputGradKernel} and {@link upConvolutionFilterGradKernel}, or not at all.
 */
export const upConvolutionKernel = "EmStellarUpConvolution";

/**
 * Name of the tfjs kernel for the gradient of {@link upConvolutionKernel} with respect to x, without an activation. Inputs
 * `{ dy, filter }`; output: float32 of the shape of x. It runs outside any gradient tape.
 */
export const upConvolutionInputGradKernel = "EmStellarUpConvolutionInputGrad";

/** Likewise with respect to the filter: inputs `{ x, dy }`; output [2, 2, in, out]. */
export const upConvolutionFilterGradKernel = "EmStellarUpConvolutionFilterGrad";

/** Inputs of {@link upConvolutionKernel}, as tfjs hands them over. */
export type UpConvolutionInputs = Readonly<Record<"x" | "filter", TensorInfo>> & { readonly bias?: TensorInfo };

/** Inputs of {@link upConvolutionInputGradKernel}. */
export type UpConvolutionInputGradInputs = Readonly<Record<"dy" | "filter", TensorInfo>>;

/** Inputs of {@link upConvolutionFilterGradKernel}. */
export type UpConvolutionFilterGradInputs = Readonly<Record<"x" | "dy", TensorInfo>>;

/** Attributes of {@link upConvolutionKernel}. As an object type: attributes of kernels need one. */
export type UpConvolutionAttributes = {
  /** What follows the convolution and its bias. */
  readonly activation: "linear" | "relu";
};

/** Whether the current backend has the three kernels. */
export function hasUpConvolution(): boolean {
  return [upConvolutionKernel, upConvolutionInputGradKernel, upConvolutionFilterGradKernel].every(
    (name) => getKernel(name, getBackend()) !== undefined,
  );
}

/**
 * Nearest up-sampling of x, [batch, height, width, in], by 2, then a convolution with filter [2, 2, in, out] of stride 1 and
 * "same" padding, a bias [out] or null, and an activation: [batch, 2 · height, 2 · width, out]. Gradients flow to all three.
 */
export function upConvolution(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | null,
  activation: UpConvolutionAttributes["activation"] = "linear",
): Tensor4D {
  const float = [x, filter, ...(bias ? [bias] : [])].every(({ dtype }) => dtype === "float32");
  if (!float || !hasUpConvolution()) {
    const [, height, width] = x.shape;
    const enlarged = image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
    return fused.conv2d({ x: enlarged, filter, strides: 1, pad: "same", activation, ...(bias && { bias }) });
  }
  const operation = customGrad((...args) => {
    // tfjs types neither the inputs nor the function that saves tensors for the gradient.
    const given = args.slice(0, -1) as Tensor[];
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    const [input, taps, shift] = given as [Tensor, Tensor, Tensor?];
    const inputs: NamedTensorMap = { x: input, filter: taps, ...(shift && { bias: shift }) };
    const attributes: NamedAttrMap = { activation };
    const y: Tensor = engine().runKernel(upConvolutionKernel, inputs, attributes);
    save(activation === "relu" ? [input, taps, y] : [input, taps]);
    const gradFunc = (dy: Tensor, [savedInput, savedTaps, savedY]: Tensor[]): Tensor[] =>
      tidy(() => {
        const flow = savedY ? gradientOfRelu(savedY, dy) : dy;
        const forInput: NamedTensorMap = { dy: flow, filter: savedTaps as Tensor };
        const forFilter: NamedTensorMap = { x: savedInput as Tensor, dy: flow };
        return [
          engine().runKernel<Tensor>(upConvolutionInputGradKernel, forInput),
          engine().runKernel<Tensor>(upConvolutionFilterGradKernel, forFilter),
          ...(shift ? [sum(flow, [0, 1, 2])] : []),
        ];
      });
    return { value: y, gradFunc };
  });
  return operation(...(bias ? [x, filter, bias] : [x, filter])) as Tensor4D; // of the kernel's output shape
}
