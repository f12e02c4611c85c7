import { average, defineSuite, jaccardLog, majority } from "em-stellar";
import { cardiacData } from "./data.js";
import { networksOfTable1 } from "./networks.js";
import { at, size } from "./size.js";
import { augmentation, budget, classifiers, floors, metrics, paperOptimizer } from "./training.js";

/** Table 1, figures 2 to 4 and the checkpoint criteria: every network on the small data set. */
export default defineSuite({
  name: `networks-cardiac-${size}`,
  data: cardiacData,
  networks: networksOfTable1,
  loss: jaccardLog(),
  optimizer: paperOptimizer,
  metrics,
  rankBy: "jaccard",
  folds: at({ quick: 3, half: 3, paper: 6 }),
  training: { ...budget, checkpoints: ["jaccard", "loss", "f1", "accuracy", "auc-roc"] },
  augmentation,
  ensembles: [
    { combine: average(), top: 5, by: "jaccard" },
    { combine: majority(), top: 5, by: "jaccard" },
    { combine: average(), top: 10, by: "jaccard", select: "greedy" },
    { combine: average(), top: 3, by: "jaccard", select: "folds" },
  ],
  baselines: [...floors, ...classifiers],
});
