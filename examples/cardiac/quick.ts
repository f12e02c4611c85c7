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

const data = process.env.EM_STELLAR_DATA ? `${process.env.EM_STELLAR_DATA}/cardiac` : "data";

/** A narrow U-net for a first answer: minutes a fold on one processor core. */
export default defineSuite({
  name: "cardiac-quick",
  data: imageFolder({
    images: `${data}/train/images`,
    masks: `${data}/train/masks`,
    testImages: `${data}/test/images`,
    testMasks: `${data}/test/masks`,
    groupBy: "^[A-D]", // four regions of the tissue: images of one region lie near each other
  }),
  networks: [unetBn({ baseFilters: 8, depth: 3, head: "stable", dropout: null, batchNormMomentum: 0.9 })],
  loss: binaryCrossEntropy(),
  optimizer: radam({ learningRate: 5e-3, warmupProportion: 0.1, minLearningRate: 0 }),
  metrics: [jaccard(), f1()],
  rankBy: "jaccard",
  folds: 4,
  seeds: [1, 2, 3],
  training: { patch: 96, batchSize: 4, steps: 460, validateEvery: 46, checkpoints: ["jaccard"] },
  augmentation: null,
  baselines: [constant(), otsu(), smoothedThreshold()],
});
