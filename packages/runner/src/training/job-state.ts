import {
  DamagedFileError,
  decodeText,
  encodeText,
  type HistoryPoint,
  hashBytes,
  type RunStore,
  type Warning,
} from "@em-stellar/core";
import { io, type NamedTensorMap, type Optimizer, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { weightBytes } from "../weight-bytes.js";
import type { WeightAverage } from "./weight-average.js";

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
  /** Of the processor; absent where nobody measures it. */
  readonly processorSeconds?: number;
  readonly history: readonly HistoryPoint[];
  readonly best: Readonly<Record<string, Best>>;
  readonly warnings: readonly Warning[];
  /** Of the steps since the last validation, where the training was stopped between two. */
  readonly losses?: readonly number[];
  /** Steps that the training was to have when it was saved; absent from states of versions before it. */
  readonly planned?: number | null;
  /** The steps at which it was given more of them. */
  readonly extended?: readonly number[];
}

interface Header extends JobState {
  readonly specs: io.WeightsManifestEntry[];
}

/** Characters of a SHA-256. */
const hashLength = 64;

/**
 * Saves state, weights, their average if there is one, and optimizer in one file: were they several, a crash between two of them would leave a state that
 * never was. The form: length of a JSON header (uint32, little-endian), the header, the tensors' bytes, SHA-256 of all that.
 */
export async function saveState(
  store: RunStore,
  path: string,
  state: JobState,
  model: LayersModel,
  optimizer: Optimizer,
  average?: WeightAverage,
): Promise<void> {
  const optimizerWeights = await optimizer.getWeights();
  const entries = [
    ...model.weights.map((weight, i) => ({ name: `model/${i}/${weight.originalName}`, tensor: weight.read() })),
    ...optimizerWeights.map(({ tensor }, i) => ({ name: `optimizer/${i}/${optimizerWeights[i]?.name}`, tensor })),
    ...(average?.tensors() ?? []).map((tensor, i) => ({ name: `average/${i}`, tensor })),
  ];
  const { data, specs } = await io.encodeWeights(entries);
  const header = encodeText(JSON.stringify({ ...state, specs } satisfies Header));
  const content = 4 + header.byteLength + data.byteLength;
  const file = new Uint8Array(content + hashLength);
  new DataView(file.buffer).setUint32(0, header.byteLength, true);
  file.set(header, 4);
  file.set(new Uint8Array(data), 4 + header.byteLength);
  file.set(encodeText(await hashBytes(file.subarray(0, content))), content);
  await store.write(path, file);
  // tfjs's optimizers make the step count anew at each call and leave it to the caller; all others are the optimizer's own.
  for (const { name, tensor } of optimizerWeights) if (name === "iter") tensor.dispose();
}

/**
 * Restores what `saveState` wrote into a model and an optimizer of the same kinds; undefined where nothing was saved. Throws
 * `DamagedFileError`.
 */
export async function restoreState(
  store: RunStore,
  path: string,
  model: LayersModel,
  optimizer: Optimizer,
  average?: WeightAverage,
): Promise<JobState | undefined> {
  const file = await store.read(path);
  if (!file) return undefined;
  const { header, data } = await unpacked(store, path, file);
  const { specs, ...state } = header;
  let tensors: NamedTensorMap = {};
  try {
    tensors = tidy(() => io.decodeWeights(data.slice().buffer, specs));
    const named = (prefix: string) =>
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, tensor]) => ({ name: name.split("/").slice(2).join("/"), tensor }));
    const weights = named("model/");
    if (weights.length !== model.weights.length)
      throw new Error(`${weights.length} of ${model.weights.length} weights`);
    for (const [i, weight] of model.weights.entries()) {
      (weight.read() as Variable).assign(weights[i]?.tensor as Tensor); // a layer's weights are variables; as many were compared
    }
    await optimizer.setWeights(named("optimizer/"));
    average?.restore(named("average/").map(({ tensor }) => tensor));
  } catch (error) {
    // Whatever tfjs says of tensors that it did not expect.
    const reason = error instanceof Error ? error.message : String(error);
    throw new DamagedFileError(store.location, path, `it holds no state of this training (${reason.split("\n")[0]})`);
  } finally {
    for (const tensor of Object.values(tensors) as Tensor[]) if (!tensor.isDisposed) tensor.dispose();
  }
  return state;
}

/** A saved state without its tensors; undefined where there is none, or one that is damaged. */
export async function stateAt(store: Pick<RunStore, "location" | "read">, path: string): Promise<JobState | undefined> {
  const file = await store.read(path);
  if (!file) return undefined;
  try {
    const { specs: _, ...state } = (await unpacked(store, path, file)).header;
    return state;
  } catch (error) {
    if (error instanceof DamagedFileError) return undefined;
    throw error;
  }
}

/** Whether a header has what a training goes on with. */
function isState({ step, seconds, history, best, warnings, losses = [] }: Header): boolean {
  const lists = [history, warnings, losses];
  const isObject = typeof best === "object" && best !== null && !Array.isArray(best);
  return Number.isSafeInteger(step) && step >= 0 && Number.isFinite(seconds) && lists.every(Array.isArray) && isObject;
}

/** Takes a file apart. Those of older versions end without a hash. */
async function unpacked(
  store: Pick<RunStore, "location" | "read">,
  path: string,
  file: Uint8Array,
): Promise<{ header: Header; data: Uint8Array }> {
  const damaged = (problem: string) => new DamagedFileError(store.location, path, problem);
  if (file.byteLength < 4) throw damaged("it is cut short");
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  let header: Header;
  let length: number;
  try {
    header = JSON.parse(decodeText(file.subarray(4, 4 + headerLength))) as Header; // written by saveState alone
    length = 4 + headerLength + weightBytes(header.specs);
    if (!isState(header)) throw new Error("it says nothing of a training");
  } catch {
    throw damaged("its header cannot be read");
  }
  if (file.byteLength === length + hashLength) {
    const hash = decodeText(file.subarray(length));
    if (hash !== (await hashBytes(file.subarray(0, length))))
      throw damaged("its checksum does not match what it holds");
  } else if (file.byteLength !== length) throw damaged(`it has ${file.byteLength} bytes`);
  return { header, data: file.subarray(4 + headerLength, length) };
}
