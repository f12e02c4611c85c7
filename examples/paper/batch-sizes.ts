import { defineSuite, jaccardLog } from "em-stellar";
import { cardiacData } from "./data.js";
import { chosenNetworks } from "./networks.js";
import { at, size } from "./size.js";
import { augmentation, budget, floors, metrics, paperOptimizer } from "./training.js";

/** The paper's batches of 4, 8 and 16; `quick` halves them. */
const batches = at({ quick: [2, 4, 8], half: [4, 8, 16], paper: [4, 8, 16] });
const [smallest, , largest] = batches as [number, number, number];
/** A quarter of the steps with four times the batch shows the network as many patches. */
const fewer = (steps: number) => (steps * smallest) / largest;
const common = { ...budget, microBatch: at({ quick: null, half: 4, paper: 4 }), checkpoints: ["jaccard"] as const };

/** Larger batches at the same number of steps, and the largest one at the same number of patches as the smallest. */
export default defineSuite({
  name: `batch-sizes-${size}`,
  data: cardiacData,
  networks: chosenNetworks,
  loss: jaccardLog(),
  optimizer: paperOptimizer,
  metrics,
  rankBy: "jaccard",
  folds: at({ quick: 2, half: 3, paper: 6 }),
  training: [
    ...batches.map((batchSize) => ({ ...common, name: `batch-${batchSize}`, batchSize })),
    {
      ...common,
      name: `batch-${largest}-fewer-steps`,
      batchSize: largest,
      steps: fewer(budget.steps),
      validateEvery: Math.ceil(fewer(budget.validateEvery)),
    },
  ],
  augmentation,
  baselines: floors,
});
