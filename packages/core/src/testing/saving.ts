import {
  add,
  dispose,
  io,
  randomUniform,
  serialization,
  type Tensor,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import { type LayersModel, loadLayersModel, model as makeModel, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Layer } from "../training/network.js";
import { randomImages } from "./batch.js";
import { buildModel, described, fault, layersOf, type Subject, smallSide } from "./subject.js";

/** A saved model loads, and predicts what it predicted before, to the last bit. */
export async function checkSaving(subject: Subject): Promise<void> {
  const { stride } = subject.network;
  const side = smallSide(subject);
  const before = buildModel(subject, [null, null, 1]);
  const images = randomImages([1, side, side + stride, 1]);
  const forget = registerUsed(before);
  let after: LayersModel | undefined;
  try {
    shake(before);
    after = subject.options.prepare(await reload(subject, before));
    const [expected, found] = [await predict(before, images), await predict(after, images)];
    if (!expected.every((values, i) => isSame(values, found[i] ?? []))) {
      const culprit = await firstDifference(before, after, images);
      throw fault(
        subject,
        `predicts differently after it was saved and loaded${culprit ? `: the layer ${culprit} gives a different result for the same input` : ""}. Let getConfig of a layer of your own return everything that its constructor takes, and make its weights with addWeight.`,
      );
    }
  } finally {
    forget();
    images.dispose();
    before.dispose();
    after?.dispose();
  }
}

/** Changes all weights a little, lest one that is lost goes unnoticed at its initial value. Variances, 1 at first, stay above 0. */
function shake(model: LayersModel): void {
  tidy(() => {
    for (const [i, weight] of model.weights.entries()) {
      const variable = weight.read() as Variable; // layer weights are variables
      variable.assign(add(variable, randomUniform(variable.shape, -0.02, 0.02, "float32", i)));
    }
  });
}

async function reload(subject: Subject, model: LayersModel): Promise<LayersModel> {
  let saved: io.ModelArtifacts = {};
  try {
    await model.save(
      io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    // Through text, as a file would: tfjs writes some configurations otherwise than it holds them.
    const modelTopology = JSON.parse(JSON.stringify(saved.modelTopology));
    return await loadLayersModel(io.fromMemory({ ...saved, modelTopology }));
  } catch (cause) {
    const culprit = unbuildable(model);
    throw fault(
      subject,
      `does not load after it was saved${culprit ? `: the layer ${culprit}` : ""}: ${(cause as Error).message} Let getConfig of a layer of your own return everything that its constructor takes, as JSON.`,
      cause,
    );
  }
}

/** Lets tfjs find every class that the model uses while this check runs; whether the network lists them is another's business. */
function registerUsed(model: LayersModel): () => void {
  const known = serialization.SerializationMap.getMap().classNameMap;
  const before = { ...known };
  for (const layer of layersOf(model)) {
    const used = layer.constructor as unknown as serialization.SerializableConstructor<serialization.Serializable>; // a layer's constructor is its class
    known[used.className] ??= [used, used.fromConfig];
  }
  return () => {
    for (const name of Object.keys(known)) if (!(name in before)) delete known[name];
  };
}

async function predict(model: LayersModel, images: Tensor): Promise<ArrayLike<number>[]> {
  const outputs = [model.predict(images)].flat();
  try {
    return await Promise.all(outputs.map((output) => output.data()));
  } finally {
    dispose(outputs);
  }
}

/** The first layer, by name and class, that gives something else for what is the same so far. */
async function firstDifference(before: LayersModel, after: LayersModel, images: Tensor): Promise<string | undefined> {
  const names = before.layers.map(({ name }) => name);
  const [expected, found] = [await outputsOf(before, names, images), await outputsOf(after, names, images)];
  const at = expected.findIndex((values, i) => !isSame(values, found[i] ?? []));
  return at < 0 ? undefined : described(before.layers[at] as Layer);
}

/** What each layer gives, of its first output. */
async function outputsOf(model: LayersModel, names: readonly string[], images: Tensor): Promise<ArrayLike<number>[]> {
  const outputs = names.map((name) => model.getLayer(name).inboundNodes[0]?.outputTensors[0] as SymbolicTensor);
  return predict(makeModel({ inputs: model.inputs, outputs }), images);
}

/** The first layer, by name and class, that its own configuration does not make again. */
function unbuildable(model: LayersModel): string | undefined {
  const culprit = layersOf(model).find((layer) => {
    const own = layer.constructor as unknown as serialization.SerializableConstructor<Layer>; // a layer's constructor is its class
    try {
      own.fromConfig(own, JSON.parse(JSON.stringify(layer.getConfig())));
      return false;
    } catch {
      return true;
    }
  });
  return culprit && described(culprit);
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return (
    a.length === b.length &&
    Array.from(a).every((value, i) => value === b[i] || (Number.isNaN(value) && Number.isNaN(b[i])))
  );
}
