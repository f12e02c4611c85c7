import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf, macsOf } from "../training-step/convolutions.js";
import { trainer } from "../training-step/step.js";
import { countKernels, type KernelCounts } from "./count-kernels.js";
import { type Counts, countOnly } from "./counting-device.js";
import { describeNetwork } from "./describe-network.js";
import type { KernelSet } from "./kernel-sets.js";
import { leastBytes } from "./least-bytes.js";
import { type Kernels, sizesOf, withKernels } from "./measure-steps.js";
import { type NetworkId, networks } from "./networks.js";
import type { GpuOptions } from "./options.js";

/** Counts of something, and of each kernel in it. */
export interface Counted extends Counts {
  readonly products: number;
  readonly kernels: readonly KernelCounts[];
}

/** What a training step and a prediction of a network ask of a device, once all is compiled. */
export interface NetworkCounts {
  readonly network: string;
  readonly kernels: Kernels;
  readonly side: number;
  readonly batch: number;
  readonly base: number;
  readonly step: Counted;
  readonly prediction: Counted;
  /** What the backend holds on the device after some steps and predictions. */
  readonly deviceBytes: number;
  /** Of a step, as leastBytes has it. */
  readonly leastBytes: number;
  /** Of a step's convolutions as direct sums. */
  readonly directProducts: number;
}

/** Counts without computing, on a device of its own. */
export async function countNetwork(
  id: NetworkId,
  kernels: Kernels,
  stock: KernelSet,
  options: GpuOptions,
): Promise<NetworkCounts> {
  return withKernels(kernels, stock, options.allowSoftware, async (device) => {
    const { side, batch, base } = sizesOf(id, options);
    const plain = kernels === "tfjs";
    const network = () => networks[id].create({ baseFilters: base, head: "faithful" });
    const counts = countOnly();
    const prepare = plain ? (model: Parameters<typeof device.prepare>[0]) => model : device.prepare;
    const { model, images, queue, dispose } = trainer({ name: id, network, side, batch }, prepare, plain);
    const directProducts = 3 * macsOf(convolutionsOf(model)) * batch;
    const step = countAfterWarmUp(counts, () => queue().dispose());
    const prediction = countAfterWarmUp(counts, () => tf.dispose(model.predict(images)));
    const deviceBytes = device.peakBytes();
    const least = leastBytes(describeNetwork(model), side, batch);
    dispose();
    const sizes = { side, batch, base };
    return { network: id, kernels, ...sizes, step, prediction, deviceBytes, leastBytes: least, directProducts };
  });
}

function countAfterWarmUp(counts: Counts, run: () => void): Counted {
  for (let i = 0; i < 2; i++) run();
  const before = { ...counts };
  const kernels = countKernels(counts, run);
  const of = (what: keyof Counts) => counts[what] - before[what];
  return {
    dispatches: of("dispatches"),
    bytes: of("bytes"),
    bindGroups: of("bindGroups"),
    pipelines: of("pipelines"),
    submissions: of("submissions"),
    newBuffers: of("newBuffers"),
    uniforms: of("uniforms"),
    products: kernels.reduce((sum, { products }) => sum + products, 0),
    kernels,
  };
}
