import {
  engine,
  fused,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  prelu,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
  tidy,
} from "@tensorflow/tfjs-core";
import { trainableLinearUnit } from "./tlu.js";
import { type UpConvolutionInputs, upConvolution } from "./up-convolution.js";

/**
 * Name of the tfjs kernel that a backend may register for a convolution with a PReLU or a trainable linear unit behind it.
 *
 * Inputs {@link LeakyConvolutionInputs}, all float32: x [batch, height, width, in], filter [height, width, in, out], and, where
 * there is one, bias [out]; `below`, the slope for what is below 0, one or one for each channel, in any shape; and, for a
 * trainable linear unit, `above`, that for what is above 0, for each channel. Attributes:
 * {@link LeakyConvolutionAttributes}. Output: one new float32 tensor, what tfjs's conv2d of NHWC images and the unit give one
 * after the other.
 */
export const leakyConvolutionKernel = "EmStellarLeakyConvolution";

/** Likewise for nearest up-sampling by 2 with a convolution of 2 × 2 taps and such a unit behind it: no attributes. */
export const leakyUpConvolutionKernel = "EmStellarLeakyUpConvolution";

/** Inputs of {@link leakyConvolutionKernel}, as tfjs hands them over. */
export type LeakyConvolutionInputs = Readonly<Record<"x" | "filter" | "below", TensorInfo>> & {
  readonly bias?: TensorInfo;
  readonly above?: TensorInfo;
};

/** Inputs of {@link leakyUpConvolutionKernel}. */
export type LeakyUpConvolutionInputs = UpConvolutionInputs & Pick<LeakyConvolutionInputs, "below" | "above">;

/** Attributes of {@link leakyConvolutionKernel}. As an object type: attributes of kernels need one. */
export type LeakyConvolutionAttributes = {
  readonly strides: [down: number, across: number];
  readonly pad: "same" | "valid";
};

/** What the operations below take: as the kernels do, with `null` where there is no bias, or every slope above 0 is 1. */
export interface LeakyConvolution {
  readonly x: Tensor4D;
  readonly filter: Tensor4D;
  readonly bias: Tensor1D | null;
  readonly below: Tensor;
  readonly above: Tensor | null;
}

/** Whether the current backend has the kernel of a convolution, or of an up-convolution, with such a unit. */
export function hasLeakyConvolution(kernel: typeof leakyConvolutionKernel | typeof leakyUpConvolutionKernel): boolean {
  return getKernel(kernel, getBackend()) !== undefined;
}

/**
 * A convolution of NHWC images, then a PReLU, or a trainable linear unit where `above` is given. Gradients flow to
 * all inputs.
 */
export function leakyConvolution(given: LeakyConvolution, { strides, pad }: LeakyConvolutionAttributes): Tensor4D {
  return inOneKernel(leakyConvolutionKernel, given, { strides, pad }, ({ x, filter, bias }) =>
    fused.conv2d({ x, filter, strides, pad, ...(bias && { bias }) }),
  );
}

/** Likewise nearest up-sampling by 2, a convolution with a filter [2, 2, in, out] of stride 1 and "same" padding, and the unit. */
export function leakyUpConvolution(given: LeakyConvolution): Tensor4D {
  return inOneKernel(leakyUpConvolutionKernel, given, {}, ({ x, filter, bias }) => upConvolution(x, filter, bias));
}

/** By the kernel where the backend has it; in two steps where not, or, as tfjs's own fused operations, where gradients are recorded. */
function inOneKernel(
  kernel: typeof leakyConvolutionKernel | typeof leakyUpConvolutionKernel,
  given: LeakyConvolution,
  attributes: NamedAttrMap,
  convolve: (given: LeakyConvolution) => Tensor4D,
): Tensor4D {
  const inputs = Object.entries(given).filter(([, tensor]) => tensor !== null) as [string, Tensor][];
  const fits = inputs.every(([, { dtype }]) => dtype === "float32") && engine().state.gradientDepth === 0;
  if (!fits || !hasLeakyConvolution(kernel)) return tidy(() => activated(convolve(given), given));
  return engine().runKernel<Tensor4D>(kernel, Object.fromEntries(inputs) as NamedTensorMap, attributes);
}

function activated(y: Tensor4D, { below, above }: LeakyConvolution): Tensor4D {
  const perChannel = (slopes: Tensor) => reshape(slopes, [-1]) as Tensor1D; // of a layer they are [1, 1, channels]
  return above
    ? trainableLinearUnit(y, perChannel(below), perChannel(above))
    : (prelu(y as Tensor, perChannel(below)) as Tensor4D);
}
