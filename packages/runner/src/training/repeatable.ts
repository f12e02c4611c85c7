import { InputError } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";
import { dispose, randomUniform, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { createDropoutSeeder } from "./dropout.js";
import { callLayer, stepsOf } from "./layer-graph.js";
import { keepState } from "./layer-state.js";

/**
 * Throws `InputError` where a layer gives something else when it is called again in training with the same image: its gradient
 * would not belong to what it gave the first time. A model that cannot be taken apart is left to the training step, which
 * refuses it.
 */
export async function requireRepeatable(
  model: LayersModel,
  { id, stride }: Pick<Network, "id" | "stride">,
  channels: number,
): Promise<void> {
  const steps = stepsOf(model);
  if (typeof steps === "string") return;
  createDropoutSeeder(model, "repeatable")(0);
  const side = stride * Math.ceil(8 / stride);
  const values = new Map<number, Tensor>([[0, randomUniform([1, side, side, channels], -1, 1, "float32", 1)]]);
  const weights = model.getWeights().map((weight) => weight.clone());
  const seen: Tensor[] = [];
  try {
    for (const { layer, inputs, outputs } of steps) {
      const call = () =>
        tidy(() =>
          callLayer(
            layer,
            inputs.map((input) => values.get(input) as Tensor), // of steps before
          ),
        );
      const again = keepState([layer]);
      const first = call();
      const second = again(call);
      seen.push(...second);
      outputs.forEach((number, i) => void values.set(number, first[i] as Tensor));
      if (!(await isAlike(first, second))) {
        throw new InputError(
          `training.recompute is true, but layer "${layer.name}" (${layer.getClassName()}) of network "${id}" gives something else each time it is called with the same image, so its activations cannot be computed again. Leave training.recompute out, and use a smaller training.microBatch to save memory.`,
        );
      }
    }
  } finally {
    model.setWeights(weights);
    dispose([...weights, ...seen, ...values.values()]);
  }
}

/** Whether two lists of tensors are the same but for the order in which a device adds. */
async function isAlike(ones: readonly Tensor[], others: readonly Tensor[]): Promise<boolean> {
  for (const [i, tensor] of ones.entries()) {
    const [one, other] = await Promise.all([tensor.data(), (others[i] as Tensor).data()]); // as many
    let [largest, difference] = [0, 0];
    one.forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - (other[at] as number)));
    });
    if (difference > 1e-3 * largest) return false;
  }
  return true;
}
