export { augment, augmentMasks } from "./augment.js";
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
