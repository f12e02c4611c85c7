import type { JobId } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";
import type { OpenRun } from "./open-run.js";
import { networkCost } from "./training/network-cost.js";

/**
 * What each job has to do beside the others: the operations of its network in all patches of all steps. Floors take no time
 * worth telling. A network that cannot be counted, or whose steps cannot, is taken for the mean of the others.
 */
export function estimateWork({ methods, train }: OpenRun, jobs: readonly JobId[]): number[] {
  const networks = methods.filter(({ kind }) => kind === "network");
  const macsOf = remembered((network: Network, patch: number) => {
    return networkCost(network, patch, train[0]?.channels ?? 1).complexity?.macs ?? 0;
  });
  const counted = new Map(
    methods.flatMap((method): [string, number][] => {
      if (method.kind !== "network" || networks.length === 1) return [];
      try {
        const { patch, batchSize, steps } = method.training;
        const macs = macsOf(method.network, patch);
        return steps === null || macs === 0 ? [] : [[method.name, macs * batchSize * steps]];
      } catch {
        return []; // the results say why
      }
    }),
  );
  const mean = [...counted.values()].reduce((sum, macs) => sum + macs / counted.size, 0) || 1;
  const names = new Set(networks.map(({ name }) => name));
  return jobs.map(({ method }) => (names.has(method) ? (counted.get(method) || mean) / mean : 0));
}

/** Counts a network in a patch once, however many methods train it; one that cannot be counted throws each time. */
function remembered(count: (network: Network, patch: number) => number): typeof count {
  const known = new Map<Network, Map<number, number>>();
  return (network, patch) => {
    const ofNetwork = known.get(network) ?? new Map<number, number>();
    known.set(network, ofNetwork);
    const macs = ofNetwork.get(patch) ?? count(network, patch);
    ofNetwork.set(patch, macs);
    return macs;
  };
}
