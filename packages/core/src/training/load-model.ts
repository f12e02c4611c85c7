import type { io } from "@tensorflow/tfjs-core";
import { type LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import type { AnyRegistry } from "../registry.js";
import { type NetworkFactory, registerLayers } from "./network.js";

/** Loads a saved model whose layers may be of the registry's own classes. `source` is a URL or a tfjs IO handler. */
export async function loadModel(source: string | io.IOHandler, registry: AnyRegistry): Promise<LayersModel> {
  const networks: readonly NetworkFactory[] = registry.list("network");
  for (const network of networks) registerLayers(network.layers);
  return loadLayersModel(source);
}
