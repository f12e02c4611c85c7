import { complexity } from "@em-stellar/analysis/complexity";
import type { MethodResult } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";

/** What results record of a network's cost: its weights, and its operations for one patch of so many pixels a side. */
export function networkCost(
  network: Network,
  side: number,
  channels: number,
): Required<Pick<MethodResult, "parameters" | "complexity">> {
  const { trainable, nonTrainable, macs, flops, unknownLayers } = complexity(network, [side, side, channels]);
  return {
    parameters: { trainable, nonTrainable },
    complexity: { height: side, width: side, channels, macs, flops: { ...flops }, unknownLayers: [...unknownLayers] },
  };
}
