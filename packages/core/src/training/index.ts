export { applyLayer } from "./apply-layer.js";
export { type Backend, type BackendDefinition, type Device, defineBackend } from "./backend.js";
export { loadModel } from "./load-model.js";
export { defineLoss, type Loss, type LossDefinition } from "./loss.js";
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
