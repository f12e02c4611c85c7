import type { Baseline, Component, ComponentRecord } from "@em-stellar/core";
import type { Loss, Network, Optimizer } from "@em-stellar/core/training";
import type { Suite } from "./suite.js";
import type { TrainingOptions } from "./training-options.js";

/** A network with the loss and optimizer that train it. */
export interface NetworkMethod {
  readonly kind: "network";
  /**
   * Unique in the suite and safe in a path: `unet-bn`, or, where the suite compares losses, trainings and numbers of training
   * images, `unet-bn+dice+batch-8+4-images`.
   */
  readonly name: string;
  readonly network: Network;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly training: TrainingOptions;
  /** Images of a fold that it learns from; by default all. */
  readonly images?: number;
  /** The name, in `transferTo`, of the data that it is trained on; absent: the suite's own. */
  readonly trainedOn?: string;
  /** An earlier method of the suite that is the same training under another name: it is done once. */
  readonly sameAs?: string;
}

/** A floor, or another method without gradient descent. */
export interface BaselineMethod {
  readonly kind: "baseline";
  readonly name: string;
  readonly baseline: Baseline;
}

export type Method = NetworkMethod | BaselineMethod;

/** Every method of a suite: baselines, which take no time and set the floor, then networks × losses × optimizers × trainings × numbers of images, then these on each of the other data. */
export function methodsOf({
  networks,
  losses,
  optimizers,
  trainings,
  trainingImages,
  transferTo = {},
  baselines = [],
}: Suite): Method[] {
  const networkNames = distinctNames(networks);
  const lossNames = distinctNames(losses);
  const optimizerNames = distinctNames(optimizers);
  const trained = networks.flatMap((network, n) =>
    losses.flatMap((loss, l) =>
      optimizers.flatMap((optimizer, o) =>
        trainings.flatMap(({ name: trainingName, options: training }) =>
          (trainingImages ?? [undefined]).map((images): NetworkMethod => {
            const parts = [networkNames[n]];
            if (losses.length > 1) parts.push(lossNames[l]);
            if (optimizers.length > 1) parts.push(optimizerNames[o]);
            if (trainings.length > 1) parts.push(trainingName);
            if (images !== undefined) parts.push(images === 1 ? "1-image" : `${images}-images`);
            const name = parts.join("+");
            return {
              kind: "network",
              name,
              network,
              loss,
              optimizer,
              training,
              ...(images !== undefined && { images }),
            };
          }),
        ),
      ),
    ),
  );
  const baselineNames = distinctNames(baselines);
  const floors = baselines.map(
    (baseline, b): BaselineMethod => ({ kind: "baseline", name: baselineNames[b] as string, baseline }),
  );
  const elsewhere = Object.keys(transferTo).flatMap((trainedOn) =>
    trained.map((method): NetworkMethod => ({ ...method, name: `${method.name}+on-${trainedOn}`, trainedOn })),
  );
  return [...floors, ...withTwins([...trained, ...elsewhere])];
}

/** The name of the data that a method is trained on: that of the suite where it is its own. */
export function dataOf({ name }: Pick<Suite, "name">, method: Method): string {
  return method.kind === "network" ? (method.trainedOn ?? name) : name;
}

/** Methods that are told apart by their names alone point to the first of them. */
function withTwins(methods: readonly NetworkMethod[]): NetworkMethod[] {
  const first = new Map<string, string>();
  return methods.map((method) => {
    const key = trainingKey(method);
    const sameAs = first.get(key);
    if (sameAs !== undefined) return { ...method, sameAs };
    first.set(key, method.name);
    return method;
  });
}

/** All that a training depends on, beside the data and what a whole suite has in common. */
function trainingKey({ network, loss, optimizer, training, images, trainedOn }: NetworkMethod): string {
  const { batchSize, microBatch } = training;
  return JSON.stringify([
    ...[network, loss, optimizer].map(({ id, options }) => ({ id, options })),
    { ...training, microBatch: microBatch === batchSize ? null : microBatch, recompute: false }, // which changes no value
    images ?? null,
    trainedOn ?? null,
  ]);
}

/** A component as runs describe it: what it was made from, and where it comes from. */
export function recordOf(
  component: Component,
  origin?: { readonly name: string; readonly version: string },
): ComponentRecord {
  const { kind, id, options } = component;
  return { kind, id, options: { ...options }, ...(origin && { package: origin.name, version: origin.version }) };
}

/** A component as results record it, which cites what a reader of theirs should. */
export function citedRecordOf(component: Component, origin?: Parameters<typeof recordOf>[1]): ComponentRecord {
  const { citation } = component;
  return { ...recordOf(component, origin), ...(citation !== undefined && { citation }) };
}

/** Ids; components with the same id are distinguished by the options in which they differ. */
function distinctNames(components: readonly Component[]): string[] {
  return components.map((component) => {
    const twins = components.filter(({ id }) => id === component.id);
    if (twins.length === 1) return component.id;
    const differing = Object.entries(component.options).filter(([key, value]) =>
      twins.some(
        ({ options }) =>
          JSON.stringify(Object.entries(options).find(([k]) => k === key)?.[1]) !== JSON.stringify(value),
      ),
    );
    if (differing.length === 0) return `${component.id}-${twins.indexOf(component) + 1}`;
    const suffix = differing.map(([key, value]) => `${key}-${String(value)}`).join("-");
    return `${component.id}-${suffix}`.replace(/[^\w.-]+/g, "_");
  });
}
