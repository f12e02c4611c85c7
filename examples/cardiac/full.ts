import {
  accuracy,
  average,
  constant,
  defineSuite,
  f1,
  imageFolder,
  jaccard,
  jaccardLog,
  majority,
  npv,
  otsu,
  paperAugmentation,
  ppv,
  preluNet,
  radam,
  sensitivity,
  smoothedThreshold,
  specificity,
  unet,
  unetBn,
} from "em-stellar";

const data = process.env.EM_STELLAR_DATA ? `${process.env.EM_STELLAR_DATA}/cardiac` : "data";

/** The paper's widths, patches, augmentation and loss. Days on a processor: made for a machine with time. */
export default defineSuite({
  name: "cardiac-full",
  data: imageFolder({
    images: `${data}/train/images`,
    masks: `${data}/train/masks`,
    testImages: `${data}/test/images`,
    testMasks: `${data}/test/masks`,
    groupBy: "^[A-D]",
  }),
  networks: [unet(), unetBn(), preluNet()],
  loss: jaccardLog(),
  optimizer: radam({ learningRate: 1e-3 }),
  metrics: [jaccard(), f1(), accuracy(), sensitivity(), specificity(), ppv(), npv()],
  rankBy: "jaccard",
  folds: 4,
  training: { patch: 512, batchSize: 4, steps: 5000, validateEvery: 250, checkpoints: ["loss", "f1", "jaccard"] },
  augmentation: paperAugmentation,
  ensembles: [
    { combine: average(), top: 5, by: "jaccard" },
    { combine: majority(), top: 5, by: "jaccard" },
  ],
  baselines: [constant(), otsu(), smoothedThreshold()],
});
