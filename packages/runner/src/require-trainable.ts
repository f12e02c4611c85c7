import { EmStellarError, InputError } from "@em-stellar/core";
import { type Loss, modelProblem, type Network, zeroWeights } from "@em-stellar/core/training";
import { fill, getBackend, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Method, NetworkMethod } from "./method.js";

/**
 * Refuses, before anything is trained, networks whose output is no map of the image and losses that give no number. Throws
 * `InputError`. Looks at nothing where no backend is started, as on a machine that only plans. A network that does not even
 * build is left to its jobs, which fail alone.
 */
export function requireTrainable(methods: readonly Method[], channels: number): void {
  if (!getBackend()) return;
  const trained = methods.filter((method): method is NetworkMethod => method.kind === "network");
  for (const loss of new Set(trained.map(({ loss }) => loss))) requireNumber(loss);
  const seen = new Set<Network>();
  for (const { network, training } of trained) {
    if (seen.has(network)) continue;
    seen.add(network);
    requireMap(network, training.patch, channels);
  }
}

function requireMap(network: Network, side: number, channels: number): void {
  const size = [side, side, channels] as const;
  let model: LayersModel;
  try {
    model = network.build(size, zeroWeights);
  } catch {
    return;
  }
  const problem = modelProblem(model, size);
  model.dispose();
  if (problem) throw new InputError(`network "${network.id}" cannot be trained: it ${problem}`);
}

function requireNumber(loss: Loss): void {
  try {
    tidy(() => void loss.compute(fill([1, 4, 4, 1], 1), fill([1, 4, 4, 1], 0.5)));
  } catch (cause) {
    if (cause instanceof EmStellarError) throw new InputError(cause.message, { cause });
    throw new InputError(
      `loss "${loss.id}" fails for 4 × 4 pixels: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}
