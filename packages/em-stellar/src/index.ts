export { cpu } from "@em-stellar/backend-cpu";
export { cuda, tensorflow } from "@em-stellar/backend-tensorflow";
export { wasm } from "@em-stellar/backend-wasm";
export { webgpu } from "@em-stellar/backend-webgpu";
export {
  constant,
  nearestSlice,
  objectClassifier,
  otsu,
  pixelClassifier,
  smoothedThreshold,
} from "@em-stellar/baselines";
export {
  createRegistry,
  defineBaseline,
  defineDataSource,
  defineEnsemble,
  defineMetric,
  definePlugin,
} from "@em-stellar/core";
export { defineBackend, defineLoss, defineNetwork, defineOptimizer } from "@em-stellar/core/training";
export { phantom } from "@em-stellar/data";
export { notebookAugmentation, paperAugmentation } from "@em-stellar/data/augmentation";
export { imageFolder, imageStack } from "@em-stellar/data/node";
export { average, majority } from "@em-stellar/ensemble";
export { binaryCrossEntropy, combined, dice, diceEq6, focal, jaccardLog } from "@em-stellar/losses";
export {
  accuracy,
  adaptedRandError,
  ap50,
  ap75,
  aucRoc,
  averagePrecision,
  averageSurfaceDistance,
  balancedAccuracy,
  boundaryF1,
  dice as diceScore, // beside the loss of that name
  f1,
  hausdorff95,
  jaccard,
  mcc,
  npv,
  objectF1,
  pixelError,
  ppv,
  sensitivity,
  specificity,
  vInfo,
  voiMerge,
  voiSplit,
  volumeError,
  vRand,
} from "@em-stellar/metrics";
export { cdeep3m, resnet, resnet50Unet, segnet, segnetEmnet, vgg16Unet } from "@em-stellar/nets-classic";
export {
  emNetV1_2x,
  emNetV1_4x,
  emNetV1Bn,
  emNetV1Bn2x,
  emNetV2,
  emNetV2_2x,
  emNetV2_4x,
} from "@em-stellar/nets-emnet";
export { preluNet, unet, unetBn } from "@em-stellar/nets-unet";
export { adam, radam, sgd } from "@em-stellar/optimizers";
export {
  defineSuite,
  openModel,
  parseSuite,
  predictImage,
  runSuite,
  type Suite,
  type SuiteDefinition,
} from "@em-stellar/runner";
export { auto, builtins } from "./registry.js";
export { type LoadedSuite, loadSuite } from "./suite-file.js";
