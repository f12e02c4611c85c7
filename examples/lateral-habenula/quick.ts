import {
  binaryCrossEntropy,
  constant,
  defineSuite,
  f1,
  imageFolder,
  jaccard,
  otsu,
  radam,
  smoothedThreshold,
  unetBn,
} from "em-stellar";

const data = process.env.EM_STELLAR_DATA ? `${process.env.EM_STELLAR_DATA}/lateral-habenula` : "data";

/** A narrow U-net for a class that covers 8 % of the pixels. */
export default defineSuite({
  name: "lateral-habenula-quick",
  data: imageFolder({
    images: `${data}/train/images`,
    masks: `${data}/train/masks`,
    testImages: `${data}/validation/images`,
    testMasks: `${data}/validation/masks`,
    maskRule: "index", // palette masks: index 0 is background, index 1 mitochondria
    groupBy: "^slice-0\\d", // slices 010-019 and 020-029: neighbours nearly repeat each other
  }),
  networks: [unetBn({ baseFilters: 8, depth: 3, head: "stable", dropout: null, batchNormMomentum: 0.9 })],
  loss: binaryCrossEntropy(),
  optimizer: radam({ learningRate: 5e-3, warmupProportion: 0.1, minLearningRate: 0 }),
  metrics: [jaccard(), f1()],
  rankBy: "jaccard",
  folds: 2,
  seeds: [1, 2, 3],
  training: {
    patch: 96,
    batchSize: 4,
    steps: 2000,
    validateEvery: 400,
    checkpoints: ["jaccard"],
    foreground: 0.5, // half of the patches are centred on an object
    threshold: "validation",
    normalization: { method: "z-score", scope: "image" }, // the test slices are brighter
  },
  augmentation: null,
  baselines: [constant(), otsu(), smoothedThreshold()],
});
