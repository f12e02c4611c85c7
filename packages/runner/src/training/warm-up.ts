import type { Device } from "@em-stellar/core/training";
import { dispose } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** Lets a device compile what `step` runs, before the training begins. The model's weights are the same afterwards. */
export async function* warmUp(device: Device, model: LayersModel, step: () => void): AsyncGenerator<number> {
  if (!device.warmUp) return;
  const kept = model.getWeights().map((weight) => weight.clone());
  try {
    yield* device.warmUp(step);
  } finally {
    model.setWeights(kept);
    dispose(kept);
  }
}
