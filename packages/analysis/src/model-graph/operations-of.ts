import { EmStellarError } from "@em-stellar/core";
import type { CountsOperations, Layer, OperationCount } from "@em-stellar/core/training";
import { layerType, type Step } from "./model-graph.js";
import { stockLayers } from "./stock-layers.js";
import { valuesOf } from "./values-of.js";

/** What one use of a layer computes for one image; undefined where neither it nor `stockLayers` says so. */
export function operationsOf({ layer, inputs, outputs }: Step): OperationCount | undefined {
  const given = inputs.map(({ shape }) => shape);
  const output = outputs[0]?.shape ?? [];
  if (countsItself(layer)) return checked(layer, layer.countOperations(given, output));
  const rule = stockLayers.get(layerType(layer))?.operations;
  const weights = layer.weights.map(({ shape }) => shape);
  return rule?.({ config: layer.getConfig(), weights, inputs: given, values: valuesOf(output) });
}

function countsItself(layer: Layer): layer is Layer & CountsOperations {
  return "countOperations" in layer && typeof layer.countOperations === "function";
}

function checked(layer: Layer, count: OperationCount): OperationCount {
  const { macs, other, profiled = other } = count;
  if ([macs, other, profiled].every((number) => Number.isFinite(number) && number >= 0) && profiled <= other)
    return count;
  throw new EmStellarError(
    `Layer "${layer.name}" (${layerType(layer)}) counts macs ${macs}, other ${other}, profiled ${profiled} of them: macs and other must be numbers from 0 on, and profiled at most other.`,
  );
}
