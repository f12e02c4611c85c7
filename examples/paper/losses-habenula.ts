import { binaryCrossEntropy, defineSuite, dice, focal, jaccardLog } from "em-stellar";
import { habenulaData } from "./data.js";
import { chosenNetworks } from "./networks.js";
import { at, size } from "./size.js";
import { augmentation, floors, habenulaBudget, metrics, paperOptimizer } from "./training.js";

/** The paper's four losses where mitochondria cover 8 % of the pixels, with patches drawn uniformly. */
export default defineSuite({
  name: `losses-habenula-${size}`,
  data: habenulaData,
  networks: chosenNetworks,
  loss: [binaryCrossEntropy(), focal(), dice(), jaccardLog()],
  optimizer: paperOptimizer,
  metrics,
  rankBy: "jaccard",
  folds: at({ quick: 2, half: 3, paper: 6 }),
  seeds: at({ quick: [1, 2], half: [1], paper: [1] }), // `quick` has one part to validate on instead of folds
  training: { ...habenulaBudget, foreground: null, checkpoints: ["loss", "jaccard"] },
  augmentation,
  baselines: floors,
});
