export { binaryCrossEntropy } from "./binary-cross-entropy.js";
export { type CombinedOptions, combined } from "./combined.js";
export { type DiceOptions, dice } from "./dice.js";
export { type DiceEq6Options, diceEq6 } from "./dice-eq6.js";
export { type FocalOptions, focal } from "./focal.js";
export { type JaccardLogOptions, jaccardLog } from "./jaccard-log.js";
export type { OverlapOptions } from "./overlap-options.js";
export { plugin as default } from "./plugin.js";
