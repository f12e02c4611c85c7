/** What every loss must do: `loss-checks.ts` says how. Apart from it, so that the list needs no tfjs. */
export const ofLoss = [
  "gives one number",
  "stays finite where predictions are certain",
  "is lowest for the truth itself",
  "has the gradient of its values",
  "leaves no tensor behind",
] as const;
/** What every optimizer must do: `optimizer-checks.ts` says how. */
export const ofOptimizer = [
  "brings a loss down",
  "starts afresh each time",
  "continues from its saved state",
  "leaves no tensor behind",
] as const;

/** Name of a check of losses. */
export type LossCheckName = (typeof ofLoss)[number];
/** Name of a check of optimizers. */
export type OptimizerCheckName = (typeof ofOptimizer)[number];
