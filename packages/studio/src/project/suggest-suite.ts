import type { DataSet } from "../engine/requests/data.js";
import type { ComponentView, SuiteJson } from "../engine/requests/suite.js";

/** How much a benchmark tries. */
export type Effort = "fast" | "balanced" | "thorough";

/** A network as a suite lists it. */
export interface NetworkChoice {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A suite as JSON, without its data, which follow from the images. */
export interface SuiteDraft {
  readonly name: string;
  readonly networks: readonly NetworkChoice[];
  readonly loss: string;
  readonly optimizer: { readonly id: string; readonly options: { readonly learningRate: number } };
  /** The first one ranks. */
  readonly metrics: readonly string[];
  readonly folds: number;
  readonly split?: { readonly stratify: boolean };
  readonly training: {
    readonly patch: number;
    readonly batchSize: number;
    readonly steps: number;
    readonly validateEvery: number;
    readonly checkpoints: readonly string[];
  };
  readonly baselines: readonly string[];
}

/** What each effort tries, in words and numbers. */
export const efforts: Readonly<
  Record<
    Effort,
    { readonly words: string; readonly networks: readonly string[]; readonly folds: number; readonly minutes: number }
  >
> = {
  fast: {
    words: "Two narrow networks, two folds: a first answer.",
    networks: ["unet-bn", "prelu-net"],
    folds: 2,
    minutes: 5,
  },
  balanced: {
    words: "Four networks of different families, three folds.",
    networks: ["unet-bn", "prelu-net", "em-net-v1-bn-2x", "em-net-v2"],
    folds: 3,
    minutes: 30,
  },
  thorough: {
    words: "Eight networks, four folds: for a decision that lasts.",
    networks: [
      ...["unet-bn", "prelu-net", "em-net-v1-bn-2x", "em-net-v1-2x"],
      ...["em-net-v2", "em-net-v2-2x", "segnet-emnet", "resnet"],
    ],
    folds: 4,
    minutes: 240,
  },
};

/** Sides of training patches that are tried, the largest that fits first; on a processor none above 128 is fast enough. */
const patches = [256, 192, 128, 96, 64, 48, 32, 16];

/**
 * A suite for these images: networks that are as wide as the device is fast, patches that fit into every image. `steps` is
 * what is trained before a trial has told how long a step takes.
 */
export function suggestSuite(
  effort: Effort,
  {
    set,
    name,
    isGpu,
    known,
  }: {
    readonly set: Pick<DataSet, "smallestSide" | "folds" | "someAreEmpty">;
    readonly name: string;
    readonly isGpu: boolean;
    /** The networks that there are. */
    readonly known: readonly ComponentView[];
  },
): SuiteDraft {
  const { networks, folds } = efforts[effort];
  const patch =
    patches.find((side) => side <= set.smallestSide && (isGpu || side <= (effort === "fast" ? 64 : 128))) ?? 16;
  const steps = effort === "fast" ? 400 : effort === "balanced" ? 500 : 2000;
  return {
    name: legalName(name),
    networks: known
      .filter(({ id }) => networks.includes(id))
      .map((network) => networkOf(network, widthFor(effort, isGpu), patch)),
    loss: "jaccard-log",
    optimizer: { id: "radam", options: { learningRate: effort === "fast" ? 0.01 : 0.005 } },
    metrics: ["jaccard", "f1"],
    folds: Math.max(2, Math.min(folds, set.folds)),
    ...(set.someAreEmpty && { split: { stratify: true } }),
    training: { patch, batchSize: 4, steps, validateEvery: steps / 10, checkpoints: ["jaccard"] },
    baselines: ["constant", "otsu", "smoothed-threshold"],
  };
}

function widthFor(effort: Effort, isGpu: boolean): number {
  if (effort === "fast") return isGpu ? 16 : 8;
  return isGpu ? 32 : 8;
}

/** A network for short trainings: so wide, without dropout, with a head and moving averages that settle within a few hundred steps. */
export function networkOf({ id, defaults }: ComponentView, baseFilters: number, patch: number): NetworkChoice {
  const wanted: Readonly<Record<string, unknown>> = {
    baseFilters,
    depth: patch < 32 ? 1 : 3,
    dropout: null,
    head: "stable",
    batchNormMomentum: 0.9,
  };
  return { id, options: Object.fromEntries(Object.entries(wanted).filter(([option]) => option in defaults)) };
}

/** The suite with its data: what is run, and what the command line reads beside the images. */
export function completeSuite(draft: SuiteDraft, set: Pick<DataSet, "source" | "options">): SuiteJson {
  const { name, ...rest } = draft;
  return { name, data: { id: set.source, options: set.options }, ...rest };
}

/** Names stand in paths. */
export function legalName(name: string): string {
  const legal = name
    .replaceAll(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 100);
  return legal === "" ? "my-images" : legal;
}
