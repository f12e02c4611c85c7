export { cpu, wasm } from "@em-stellar/backends";
export { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
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
export { binaryCrossEntropy, dice, diceEq6, focal, jaccardLog } from "@em-stellar/losses";
export { accuracy, f1, jaccard, npv, ppv, sensitivity, specificity } from "@em-stellar/metrics";
export { preluNet, unet, unetBn } from "@em-stellar/nets-unet";
export { adam, radam, sgd } from "@em-stellar/optimizers";
export { defineSuite, parseSuite, runSuite, type Suite, type SuiteDefinition } from "@em-stellar/runner";
export { builtins } from "./registry.js";
export { type LoadedSuite, loadSuite } from "./suite-file.js";
