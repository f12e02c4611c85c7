import type { AnyRegistry } from "@em-stellar/core";
import { schemaVersion } from "@em-stellar/core";
import { recordOf } from "./method.js";
import type { Suite } from "./suite.js";

/** One training as an object, named ones as a list. */
function describeTrainings({ trainings }: Suite) {
  const [first] = trainings;
  if (first && first.name === undefined) return first.options;
  return trainings.map(({ name, options }) => ({ name, ...options }));
}

/** A suite as JSON, every option filled in, each component with the package it came from: what `suite.json` holds and `parseSuite` reads. */
export function describeSuite(suite: Suite, registry: AnyRegistry) {
  const record = (component: Parameters<typeof recordOf>[0]) =>
    recordOf(component, registry.origin(component.kind, component.id));
  return {
    schemaVersion,
    name: suite.name,
    data: record(suite.data),
    ...(suite.transferTo && {
      transferTo: Object.fromEntries(Object.entries(suite.transferTo).map(([name, data]) => [name, record(data)])),
    }),
    networks: suite.networks.map(record),
    loss: suite.losses.map(record),
    optimizer: suite.optimizers.map(record),
    metrics: suite.metrics.map(record),
    rankBy: suite.rankBy,
    folds: suite.folds,
    seeds: suite.seeds,
    split: suite.split,
    training: describeTrainings(suite),
    ...(suite.trainingImages && { trainingImages: suite.trainingImages }),
    augmentation: suite.augmentation,
    ensembles: suite.ensembles.map(({ combine, ...how }) => ({ combine: record(combine), ...how })),
    baselines: (suite.baselines ?? []).map(record),
    backend: typeof suite.backend === "string" ? suite.backend : record(suite.backend),
    ...(suite.executor && { executor: record(suite.executor) }),
  };
}
