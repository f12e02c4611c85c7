export { augment, augmentMasks } from "./augment.js";
export { type AugmentationOptions, notebookAugmentation, paperAugmentation } from "./options.js";
export { coefficientsOf, drawTransform, type Transform, type TransformParts } from "./transform.js";
