import type { Comparison, Derivation } from "@em-stellar/core";
import { binaryMasks } from "./binary-masks.js";
import { connectedComponents } from "./connected-components.js";
import type { Connectivity } from "./connectivity.js";
import { type Contingency, contingency } from "./contingency.js";

/**
 * The overlaps of the objects of truth and prediction: connected components of their binary masks. One derivation for each
 * connectivity, so that `comparison.derive(objectOverlaps[4])` labels and counts once, however many metrics ask.
 */
export const objectOverlaps: Readonly<Record<Connectivity, Derivation<Contingency>>> = {
  4: (comparison) => overlapsOf(comparison, 4),
  8: (comparison) => overlapsOf(comparison, 8),
};

function overlapsOf(comparison: Comparison, connectivity: Connectivity): Contingency {
  const { width, height, truth, prediction } = comparison.derive(binaryMasks);
  return contingency(
    connectedComponents(truth, width, height, connectivity),
    connectedComponents(prediction, width, height, connectivity),
  );
}
