import type { Comparison, Derivation, ProbabilityMap } from "@em-stellar/core";
import { binaryMasks } from "./binary-masks.js";
import { connectedComponents, type LabelMap, numberedObjects } from "./connected-components.js";
import type { Connectivity } from "./connectivity.js";
import { type Contingency, contingency } from "./contingency.js";

/**
 * The overlaps of the objects of truth and prediction: connected components of their binary masks, or, where a map
 * numbers its `instances`, those. One derivation for each connectivity, so that `comparison.derive(objectOverlaps[4])` labels
 * and counts once, however many metrics ask.
 */
export const objectOverlaps: Readonly<Record<Connectivity, Derivation<Contingency>>> = {
  4: (comparison) => overlapsOf(comparison, 4),
  8: (comparison) => overlapsOf(comparison, 8),
};

function overlapsOf(comparison: Comparison, connectivity: Connectivity): Contingency {
  const masks = comparison.derive(binaryMasks);
  return contingency(
    objectsOf(comparison.truth, masks.truth, connectivity),
    objectsOf(comparison.prediction, masks.prediction, connectivity),
  );
}

function objectsOf(
  { width, height, instances }: ProbabilityMap,
  mask: Uint8Array,
  connectivity: Connectivity,
): LabelMap {
  if (!instances) return connectedComponents(mask, width, height, connectivity);
  return numberedObjects(numbersWithin(mask, instances), width, height);
}

/** The numbers of objects where the mask has any. */
export function numbersWithin(mask: Uint8Array, instances: Uint32Array): Uint32Array {
  return instances.map((number, i) => (mask[i] ? number : 0));
}
