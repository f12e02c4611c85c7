import type { LayersModel, LayerVariable } from "@tensorflow/tfjs-layers";
import { EmStellarError } from "../errors.js";
import { createRandom } from "../random.js";
import { formProblem } from "../training/model-problem.js";
import type { ImageShape, Layer, Network } from "../training/network.js";
import type { NetworkCheckOptions } from "./options.js";

/** A network under test. */
export interface Subject {
  readonly network: Network;
  readonly options: NetworkCheckOptions;
  /** Of the training patches. */
  readonly side: number;
}

/** A side that is long enough where nothing need be learnt. */
export function smallSide({ network: { stride } }: Subject): number {
  return stride * Math.ceil(8 / stride);
}

/** The problem with the network, as a sentence that begins with its id. */
export function fault({ network }: Subject, problem: string, cause?: unknown): EmStellarError {
  return new EmStellarError(`network "${network.id}" ${problem}`, cause === undefined ? {} : { cause });
}

/** The integers that a job with this seed would hand to `build`. */
export function seedStream(seed: number): () => number {
  const random = createRandom(seed);
  return () => random.integer(2 ** 31);
}

/** A model as it is trained. Whether it can be built, with one input and one output, is a check of its own. */
export function buildModel(subject: Subject, shape: ImageShape, seed = 1): LayersModel {
  let model: LayersModel;
  try {
    model = subject.network.build(shape, seedStream(seed));
  } catch (cause) {
    throw fault(subject, "cannot be checked for this, because it does not build.", cause);
  }
  if (formProblem(model, shape) !== undefined) {
    model.dispose();
    throw fault(
      subject,
      "cannot be checked for this, because its model does not have the required inputs and outputs.",
    );
  }
  return subject.options.prepare(model);
}

/** The layers of a model, those of models within it included. */
export function layersOf(model: LayersModel): Layer[] {
  // A model that is used as a layer is a container of layers.
  return model.layers.flatMap((layer) => ("layers" in layer ? layersOf(layer as unknown as LayersModel) : [layer]));
}

/** `"tlu_1" (EmStellarTlu)` */
export function described(layer: Layer): string {
  return `"${layer.name}" (${layer.getClassName()})`;
}

/** `conv2d_1/kernel`: without what tfjs adds to keep the variables of several models apart. */
export function weightName({ originalName }: LayerVariable): string {
  return originalName;
}

/** `"a", "b", "c" and 4 more` */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
