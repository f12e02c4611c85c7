export { type Activation, activations, batchNormGradName, batchNormName } from "./operations/batch-norm.js";
export { type Dropout, dropByKernel, dropoutGradient, dropoutName } from "./operations/dropout.js";
export { fuseBatchNorm } from "./operations/fuse-batch-norm.js";
export { gradients } from "./operations/gradients.js";
export { movingAveragesName } from "./operations/moving-averages.js";
export { type AdaptiveStep, adaptiveStepName, perWeight } from "./operations/optimizer-step.js";
export { preluGradName } from "./operations/prelu-gradient.js";
export { reluGradName } from "./operations/relu-gradient.js";
