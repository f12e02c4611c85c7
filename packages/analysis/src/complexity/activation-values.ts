import { layerType, type ModelGraph, type Step, type Value } from "../model-graph/model-graph.js";
import { stockLayers } from "../model-graph/stock-layers.js";
import { valuesOf } from "../model-graph/values-of.js";

/** Numbers in the feature maps of one image: the most that a prediction holds at once, and all that training keeps. */
export function activationValues({ input, steps, outputs }: ModelGraph): { peak: number; all: number } {
  const holders = new Map<Value, Value>(); // where a value's numbers are: in itself, or in what it was made of without copy
  const holderOf = (value: Value) => holders.get(value) ?? value;
  for (const step of steps) {
    if (!passesOn(step)) continue;
    for (const output of step.outputs) holders.set(output, holderOf(step.inputs[0] as Value)); // such layers take one
  }
  const readers = new Map<Value, number>();
  const read = (value: Value, times: number) => {
    const left = (readers.get(value) ?? 0) + times;
    readers.set(value, left);
    return left;
  };
  for (const kept of [input, ...outputs]) read(holderOf(kept), 1); // their reader comes after the last step
  for (const { inputs } of steps) for (const value of inputs) read(holderOf(value), 1);

  let live = valuesOf(input.shape);
  let peak = live;
  let all = live;
  for (const step of steps) {
    const made = step.outputs.filter((output) => holderOf(output) === output);
    const numbers = step.outputs.reduce((sum, { shape }) => sum + valuesOf(shape), 0);
    if (stockLayers.get(layerType(step.layer))?.passesOn !== "reshaped") all += numbers;
    if (made.length > 0) live += numbers;
    peak = Math.max(peak, live);
    for (const value of step.inputs) if (read(holderOf(value), -1) === 0) live -= valuesOf(holderOf(value).shape);
    for (const value of made) if (read(value, 0) === 0) live -= valuesOf(value.shape); // nobody wants it
  }
  return { peak, all };
}

function passesOn({ layer }: Step): boolean {
  const type = layerType(layer);
  if (type === "Activation") return layer.getConfig().activation === "linear";
  return stockLayers.get(type)?.passesOn !== undefined;
}
