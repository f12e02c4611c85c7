import { binaryCrossEntropy, defineSuite, dice, focal, jaccardLog } from "em-stellar";
import { cardiacData } from "./data.js";
import { chosenNetworks } from "./networks.js";
import { at, size } from "./size.js";
import { augmentation, budget, floors, metrics, paperOptimizer } from "./training.js";

/** The paper's four losses where mitochondria cover 38 % of the pixels. */
export default defineSuite({
  name: `losses-cardiac-${size}`,
  data: cardiacData,
  networks: chosenNetworks,
  loss: [binaryCrossEntropy(), focal(), dice(), jaccardLog()],
  optimizer: paperOptimizer,
  metrics,
  rankBy: "jaccard",
  folds: at({ quick: 3, half: 3, paper: 6 }),
  training: { ...budget, checkpoints: ["loss", "jaccard"] },
  augmentation,
  baselines: floors,
});
