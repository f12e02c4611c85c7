import { definePlugin } from "@em-stellar/core";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { combined } from "./combined.js";
import { dice } from "./dice.js";
import { diceEq6 } from "./dice-eq6.js";
import { focal } from "./focal.js";
import { jaccardLog } from "./jaccard-log.js";

export const plugin = definePlugin({
  name: "@em-stellar/losses",
  version: "0.1.0",
  components: [binaryCrossEntropy, jaccardLog, focal, dice, diceEq6, combined],
});
