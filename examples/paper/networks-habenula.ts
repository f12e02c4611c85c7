import { average, defineSuite, jaccardLog, majority } from "em-stellar";
import { habenulaData } from "./data.js";
import { networksOfTable2 } from "./networks.js";
import { at, size } from "./size.js";
import { augmentation, classifiers, floors, habenulaBudget, metrics, paperOptimizer } from "./training.js";

/** Table 2 and figures 2 to 4: the networks on the data set where mitochondria are rare. */
export default defineSuite({
  name: `networks-habenula-${size}`,
  data: habenulaData,
  networks: networksOfTable2,
  loss: jaccardLog(),
  optimizer: paperOptimizer,
  metrics,
  rankBy: "jaccard",
  folds: at({ quick: 2, half: 3, paper: 6 }), // `quick` has one part to validate on instead
  training: { ...habenulaBudget, checkpoints: ["jaccard", "loss", "f1", "accuracy", "auc-roc"] },
  augmentation,
  ensembles: [
    { combine: average(), top: 5, by: "jaccard" },
    { combine: majority(), top: 5, by: "jaccard" },
  ],
  baselines: [...floors, ...classifiers],
});
