import type { LayersModel } from "@tensorflow/tfjs-layers";
import { buildModel, fault, type Subject } from "./subject.js";

/** The model has as many parameters as its author says. */
export function checkParameters(subject: Subject): void {
  const { parameters } = subject.options;
  if (parameters === null) return;
  const model = buildModel(subject, [null, null, 1]);
  const found = { trainable: count(model.trainableWeights), nonTrainable: count(model.nonTrainableWeights) };
  const largest = model.layers
    .map(({ name, weights }) => ({ name, size: count(weights) }))
    .sort((a, b) => b.size - a.size)
    .slice(0, 6)
    .map(({ name, size }) => `${name} (${size})`);
  model.dispose();
  if (found.trainable === parameters.trainable && found.nonTrainable === parameters.nonTrainable) return;
  throw fault(
    subject,
    `has ${found.trainable} trainable parameters and ${found.nonTrainable} others, but its author declares ${parameters.trainable} and ${parameters.nonTrainable}. Most are in ${largest.join(", ")}. Fix the layer with the unexpected number, or the declaration.`,
  );
}

function count(weights: LayersModel["weights"]): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce<number>((product, side) => product * (side ?? 1), 1), 0);
}
