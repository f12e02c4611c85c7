import type { Network, Optimizer } from "@em-stellar/core/training";
import { adam } from "@em-stellar/optimizers";
import { builtins } from "em-stellar";
import { cases } from "./cases.js";

/** The network of an id with the options of its case, in so far as it has them, and the optimizer. */
export function components(id: string): { readonly network: Network; readonly optimizer: Optimizer } {
  const { learningRate, ...own } = cases[id] ?? { learningRate: undefined };
  if (learningRate === undefined) throw new Error(`scripts/overfit/cases.ts has no case for the network ${id}.`);
  const factory = builtins.lookup("network", id);
  const common = Object.entries({ dropout: null, batchNormMomentum: 0.9 }).filter(([name]) => name in factory.defaults);
  return { network: factory({ ...Object.fromEntries(common), ...own }), optimizer: adam({ learningRate }) };
}
