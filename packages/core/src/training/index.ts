export { applyLayer } from "./apply-layer.js";
export { type Backend, type BackendDefinition, type Device, defineBackend, type Reason } from "./backend.js";
export type { CountsOperations, OperationCount } from "./counts-operations.js";
export { DeviceError } from "./device-error.js";
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  leCunNormal,
  leCunUniform,
  normal,
  type Seeds,
  truncatedNormal,
  zeroWeights,
} from "./initializers.js";
export { loadModel } from "./load-model.js";
export { defineLoss, type Loss, type LossDefinition } from "./loss.js";
export { modelProblem } from "./model-problem.js";
export {
  defineNetwork,
  type ImageShape,
  type Layer,
  type LayerClass,
  type Network,
  type NetworkDefinition,
  type NetworkFactory,
  registerLayers,
} from "./network.js";
export { defineOptimizer, type Optimizer, type OptimizerDefinition, type TrainingPlan } from "./optimizer.js";
export { type PixelWindow, pointwise, type ReceptiveField, type TellsReceptiveField } from "./receptive-field.js";
