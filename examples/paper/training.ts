import {
  accuracy,
  aucRoc,
  averagePrecision,
  constant,
  f1,
  jaccard,
  npv,
  objectClassifier,
  otsu,
  paperAugmentation,
  pixelClassifier,
  ppv,
  radam,
  sensitivity,
  smoothedThreshold,
  specificity,
  vInfo,
  vRand,
} from "em-stellar";
import { at } from "./size.js";

/** RAdam with a warm-up over a tenth of the steps, as in the paper; fewer steps need a larger learning rate. */
export const paperOptimizer = radam({
  learningRate: at({ quick: 5e-3, half: 1e-3, paper: 1e-3 }),
  warmupProportion: 0.1,
});

/**
 * Patches, batches and steps of one training. The paper has batches of 4, 8 and 16 and epochs of 500, 1000 and 2000 steps, and
 * does not say how many epochs; its authors' notebook has RAdam count on 20 000 steps.
 */
export const budget = at({
  quick: { patch: 96, batchSize: 4, steps: 800, validateEvery: 100 },
  half: { patch: 256, batchSize: 4, steps: 5000, validateEvery: 250 },
  paper: { patch: 512, batchSize: 4, steps: 20_000, validateEvery: 500 },
});

/** Mitochondria cover 8 % of the lateral habenula: few steps meet enough of them if half of the patches are centred on one. */
export const habenulaBudget = {
  ...budget,
  ...at({ quick: { foreground: 0.5 }, half: {}, paper: {} }),
};

/** Validation images as they are, so that checkpoints do not depend on how they were turned; the paper augments them as well. */
export const augmentation = at({
  quick: null,
  half: { ...paperAugmentation, validation: false },
  paper: paperAugmentation,
});

/** The measures of the paper's tables and the two that need no threshold. */
export const metrics = [
  jaccard(),
  f1(),
  accuracy(),
  sensitivity(),
  specificity(),
  ppv(),
  npv(),
  vRand(),
  vInfo(),
  aucRoc(),
  averagePrecision(),
];

export const floors = [constant(), otsu(), smoothedThreshold()];
/** What the paper's supplement does with ilastik and Weka. */
export const classifiers = [pixelClassifier(), objectClassifier()];
