import { type JobId, schemaVersion } from "@em-stellar/core";
import type { NetworkFactory } from "@em-stellar/core/training";
import { type NetworkMethod, recordOf } from "../method.js";
import { environmentOf, type OpenRun } from "../open-run.js";
import type { PlannedSample } from "../plan.js";
import type { ModelNotes } from "../prediction/model-notes.js";

/** Where a checkpoint was the best so far. */
interface Found {
  readonly criterion: string;
  readonly step: number;
  /** `null`: the last weights, where no criterion ever had a value. */
  readonly value: number | null;
}

/** Makes the notes of a training's checkpoints: all that it takes to use one, and to know where it comes from, wherever it is copied. */
export function describeModel(
  run: OpenRun,
  { method: name, fold, seed }: JobId,
  { network, loss, optimizer, training: { testTimeAugmentation } }: NetworkMethod,
  train: readonly PlannedSample[],
  normalization: ModelNotes["normalization"],
): (found: Found, threshold: number) => ModelNotes {
  const { registry, suite, plan } = run;
  const networks: readonly NetworkFactory[] = registry.list("network");
  const citation = networks.find(({ id }) => id === network.id)?.citation;
  const record = (component: Parameters<typeof recordOf>[0]) =>
    recordOf(component, registry.origin(component.kind, component.id));
  const training = {
    suite: suite.name,
    method: name,
    fold,
    seed,
    images: train.length,
    lowest: train.reduce((least, { lowest }) => Math.min(least, lowest), Number.POSITIVE_INFINITY),
    highest: train.reduce((most, { highest }) => Math.max(most, highest), Number.NEGATIVE_INFINITY),
    dataHash: plan.data.hash,
  };
  return (found, threshold) => ({
    schemaVersion,
    normalization,
    threshold,
    ...(testTimeAugmentation && { testTimeAugmentation }),
    stride: network.stride,
    channels: train[0]?.channels ?? 1,
    network: record(network),
    loss: record(loss),
    optimizer: record(optimizer),
    ...(citation !== undefined && { citation }),
    training: { ...training, ...found },
    environment: environmentOf(run),
    saved: new Date().toISOString(),
  });
}
