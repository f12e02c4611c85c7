export { type AdaptiveStep, adaptiveStep, adaptiveStepKernel } from "./operations/adaptive-step.js";
export {
  type LeakyConvolution,
  type LeakyConvolutionAttributes,
  type LeakyConvolutionInputs,
  type LeakyUpConvolutionInputs,
  leakyConvolution,
  leakyConvolutionKernel,
  leakyUpConvolution,
  leakyUpConvolutionKernel,
} from "./operations/leaky-convolution.js";
export type { LossInputs } from "./operations/loss-by-kernel.js";
export {
  type MaxPoolWithIndicesInputs,
  type MaxUnpoolGradInputs,
  type MaxUnpoolInputs,
  maxPoolWithIndices,
  maxPoolWithIndicesKernel,
  maxUnpool,
  maxUnpoolGradKernel,
  maxUnpoolKernel,
} from "./operations/max-unpool.js";
export { type MomentumStep, momentumStep, momentumStepKernel } from "./operations/momentum-step.js";
export { type OverlapLoss, overlapLoss, overlapLossKernel } from "./operations/overlap-loss.js";
export { type PixelLoss, pixelLoss, pixelLossKernel } from "./operations/pixel-loss.js";
export { perWeight, type WeightUpdate } from "./operations/run-for-all.js";
export {
  type TluGradInputs,
  type TluInputs,
  tluGradKernel,
  tluKernel,
  trainableLinearUnit,
} from "./operations/tlu.js";
export {
  type UpConvolutionAttributes,
  type UpConvolutionFilterGradInputs,
  type UpConvolutionInputGradInputs,
  type UpConvolutionInputs,
  upConvolution,
  upConvolutionFilterGradKernel,
  upConvolutionInputGradKernel,
  upConvolutionKernel,
} from "./operations/up-convolution.js";
