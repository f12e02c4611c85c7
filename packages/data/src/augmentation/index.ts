export { augment, augmentMasks } from "./augment.js";
export { deform, drawElastic, type Elastic, type ElasticOptions } from "./elastic.js";
export {
  changeIntensity,
  changesIntensity,
  drawIntensity,
  type Intensity,
  type IntensityOptions,
  steadyIntensity,
} from "./intensity.js";
export { type AugmentationOptions, notebookAugmentation, paperAugmentation } from "./options.js";
export { coefficientsOf, drawTransform, type Transform, type TransformParts } from "./transform.js";
