import { adam, defineSuite, jaccardLog, radam, sgd } from "em-stellar";
import { cardiacData } from "./data.js";
import { chosenNetworks } from "./networks.js";
import { at, size } from "./size.js";
import { augmentation, budget, floors, metrics } from "./training.js";

/** A hundredfold range of learning rates, higher where there are few steps. */
const rates = at({ quick: [5e-4, 5e-3, 5e-2], half: [1e-4, 1e-3, 1e-2], paper: [1e-4, 1e-3, 1e-2] });

/** Is RAdam less sensitive to the learning rate than Adam and stochastic gradient descent? */
export default defineSuite({
  name: `optimizers-${size}`,
  data: cardiacData,
  networks: chosenNetworks,
  loss: jaccardLog(),
  optimizer: [radam, adam, sgd].flatMap((optimizer) => rates.map((learningRate) => optimizer({ learningRate }))),
  metrics,
  rankBy: "jaccard",
  folds: at({ quick: 2, half: 3, paper: 6 }),
  training: { ...budget, checkpoints: ["jaccard"] },
  augmentation,
  baselines: floors,
});
