import { decodeText, encodeText, type HistoryPoint, type RunStore, type Warning } from "@em-stellar/core";
import { io, type NamedTensorMap, type Optimizer, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** The best value of a criterion so far. */
export interface Best {
  readonly step: number;
  readonly value: number;
  readonly threshold: number;
}

/** What a training continues from, besides weights and optimizer state. Random numbers depend on the step alone. */
export interface JobState {
  readonly step: number;
  readonly seconds: number;
  readonly history: readonly HistoryPoint[];
  readonly best: Readonly<Record<string, Best>>;
  readonly warnings: readonly Warning[];
}

interface Header extends JobState {
  readonly specs: io.WeightsManifestEntry[];
}

/**
 * Saves state, weights and optimizer in one file: were they several, a crash between two of them would leave a state that
 * never was. The form: length of a JSON header (uint32, little-endian), the header, the tensors' bytes.
 */
export async function saveState(
  store: RunStore,
  path: string,
  state: JobState,
  model: LayersModel,
  optimizer: Optimizer,
): Promise<void> {
  const optimizerWeights = await optimizer.getWeights();
  const entries = [
    ...model.weights.map((weight, i) => ({ name: `model/${i}/${weight.originalName}`, tensor: weight.read() })),
    ...optimizerWeights.map(({ tensor }, i) => ({ name: `optimizer/${i}/${optimizerWeights[i]?.name}`, tensor })),
  ];
  const { data, specs } = await io.encodeWeights(entries);
  const header = encodeText(JSON.stringify({ ...state, specs } satisfies Header));
  const file = new Uint8Array(4 + header.byteLength + data.byteLength);
  new DataView(file.buffer).setUint32(0, header.byteLength, true);
  file.set(header, 4);
  file.set(new Uint8Array(data), 4 + header.byteLength);
  await store.write(path, file);
  // tfjs's optimizers make the step count anew at each call and leave it to the caller; all others are the optimizer's own.
  for (const { name, tensor } of optimizerWeights) if (name === "iter") tensor.dispose();
}

/** Restores what `saveState` wrote into a model and an optimizer of the same kinds; undefined where nothing was saved. */
export async function restoreState(
  store: RunStore,
  path: string,
  model: LayersModel,
  optimizer: Optimizer,
): Promise<JobState | undefined> {
  const file = await store.read(path);
  if (!file) return undefined;
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const { specs, ...state } = JSON.parse(decodeText(file.subarray(4, 4 + headerLength))) as Header;
  const tensors: NamedTensorMap = io.decodeWeights(file.slice(4 + headerLength).buffer, specs);
  const named = (prefix: string) =>
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => ({ name: name.split("/").slice(2).join("/"), tensor }));
  const weights = named("model/");
  for (const [i, weight] of model.weights.entries()) {
    const saved = weights[i];
    if (saved) (weight.read() as Variable).assign(saved.tensor); // a layer's weights are variables
  }
  await optimizer.setWeights(named("optimizer/"));
  for (const tensor of Object.values(tensors) as Tensor[]) if (!tensor.isDisposed) tensor.dispose();
  return state;
}
