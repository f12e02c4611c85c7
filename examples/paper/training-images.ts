import { defineSuite, jaccardLog } from "em-stellar";
import { cardiacData } from "./data.js";
import { largeEmNet, normalisedUnet, smallEmNet } from "./networks.js";
import { at, size } from "./size.js";
import { augmentation, budget, floors, metrics, paperOptimizer } from "./training.js";

/** The network that the paper recommends for small data sets beside the two for large ones, on more and more images. */
export default defineSuite({
  name: `training-images-${size}`,
  data: cardiacData,
  networks: [smallEmNet, largeEmNet, normalisedUnet],
  loss: jaccardLog(),
  optimizer: paperOptimizer,
  metrics,
  rankBy: "jaccard",
  folds: at({ quick: 2, half: 4, paper: 6 }),
  training: { ...budget, checkpoints: ["jaccard"] },
  trainingImages: at({ quick: [2, 4, 10], half: [2, 4, 8, 15], paper: [2, 4, 8, 16] }),
  augmentation,
  baselines: floors,
});
