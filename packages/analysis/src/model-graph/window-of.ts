import type { Layer, ReceptiveField, TellsReceptiveField } from "@em-stellar/core/training";
import { layerType } from "./model-graph.js";
import { stockLayers } from "./stock-layers.js";
import type { Settings } from "./window-rules.js";

/** How far a layer sees; undefined where it sees everything, or neither it nor `stockLayers` says. Sides are multiples of its strides. */
export function windowOf(layer: Layer): ReceptiveField | undefined {
  if (tells(layer)) return layer.receptiveField();
  const window = stockLayers.get(layerType(layer))?.window;
  return window?.(layer.getConfig() as Settings); // the table holds tfjs's own layers
}

function tells(layer: Layer): layer is Layer & TellsReceptiveField {
  return "receptiveField" in layer && typeof layer.receptiveField === "function";
}
