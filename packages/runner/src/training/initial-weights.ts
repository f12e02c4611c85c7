import { InputError, parseJson, type RunStore } from "@em-stellar/core";
import { dispose, io, type Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { parseModelJson } from "../prediction/model-json.js";
import { modelFiles } from "../prediction/open-model.js";

/**
 * Gives a model the weights of the one in a folder of the store, in their order: layers of the same network may have other names.
 * Throws `InputError` where their number or a shape differs; `path` is what the suite calls the folder.
 */
export async function startFrom(
  model: LayersModel,
  store: Pick<RunStore, "location" | "read">,
  folder: string,
  path: string,
): Promise<void> {
  const need = async (name: string) => {
    const bytes = await store.read(`${folder}/${name}`);
    if (bytes) return bytes;
    throw new InputError(
      `${store.location}/${folder}/${name} is missing. Start the run again: it copies ${path} anew.`,
    );
  };
  const { weightsManifest } = parseModelJson(parseJson(await need(modelFiles.model), modelFiles.model), path);
  const parts = await Promise.all(weightsManifest.flatMap(({ paths }) => paths).map(need));
  const specs = weightsManifest.flatMap(({ weights }) => weights);
  const data = io.CompositeArrayBuffer.join(parts.map((part) => part.slice().buffer));
  const tensors = io.decodeWeights(data, specs);
  try {
    const given = specs.map(({ name }) => tensors[name] as Tensor); // decodeWeights names them so
    const own = model.weights;
    if (given.length !== own.length) {
      throw new InputError(
        `The model in ${path} has ${given.length} arrays of weights, but this network has ${own.length}. Start from a model of the same network with the same options.`,
      );
    }
    for (const [i, { shape }] of given.entries()) {
      const weight = own[i] as (typeof own)[number]; // as many
      if (shape.join() === weight.shape.join()) continue;
      throw new InputError(
        `The weights "${specs[i]?.name}" of the model in ${path} have the shape [${shape.join(", ")}], but "${weight.originalName}" of this network has [${weight.shape.join(", ")}]. Start from a model of the same network with the same options.`,
      );
    }
    model.setWeights(given);
  } finally {
    dispose(tensors);
  }
}
