import type { Layer } from "@em-stellar/core/training";
import { layerType, type ModelGraph, type Step, type Value } from "../model-graph/model-graph.js";
import { stockLayers } from "../model-graph/stock-layers.js";

/** One output of a network whose channels are looked at. */
export interface FeatureLayer {
  readonly name: string;
  /** [batch, height, width, channels] */
  readonly value: Value;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * The outputs that hold a network's features, each channel once, in the order in which they are computed: what a convolution,
 * an element-wise sum of branches or an activation makes, after the normalisation and the activation that follow it alone.
 * Pooling, enlarging and concatenation only move channels that have been counted. Maps of one pixel are no pictures.
 */
export function featureLayers({ steps, outputs }: ModelGraph): FeatureLayer[] {
  const readers = new Map<Value, Step[]>();
  for (const step of steps) {
    for (const value of new Set(step.inputs)) readers.set(value, [...(readers.get(value) ?? []), step]);
  }
  const absorbed = new Set<Step>();
  const found = new Map<Value, string>();
  for (const step of steps) {
    const [made] = step.outputs;
    if (!made || absorbed.has(step) || !(makesChannels(step) || (isPointwise(step) && !isPassive(step.layer))))
      continue;
    let [value, name] = [made, step.layer.name];
    for (;;) {
      const [reader, ...others] = readers.get(value) ?? [];
      const [next] = reader?.outputs ?? [];
      if (!reader || !next || others.length > 0 || outputs.includes(value) || !isPointwise(reader)) break;
      absorbed.add(reader);
      [value, name] = [next, reader.layer.name];
    }
    found.set(value, name);
  }
  // The output counts even where its last layer only rearranges.
  for (const value of outputs) {
    if (!found.has(value))
      found.set(value, steps.findLast((step) => step.outputs.includes(value))?.layer.name ?? "output");
  }
  return [...found].flatMap(([value, name]): FeatureLayer[] => {
    const [height, width, channels] = value.shape.slice(1) as number[]; // a graph's shapes are known
    const isPicture = value.shape.length === 4 && (height as number) * (width as number) > 1;
    return isPicture ? [{ name, value, height, width, channels } as FeatureLayer] : [];
  });
}

/** A layer with a kernel, or one that joins branches element by element. */
function makesChannels({ layer, inputs, outputs }: Step): boolean {
  // Weights with one number for each channel may have sides of 1 beside it; a kernel of a convolution has a rank of 4.
  if (layer.weights.some(({ shape }) => shape.length === 2 || shape.length >= 4)) return true;
  return inputs.length > 1 && inputs.every((input) => isAlike(input, outputs[0]));
}

/** Whether each number is made of the one in its place. */
function isPointwise(step: Step): boolean {
  return step.inputs.length === 1 && !makesChannels(step) && isAlike(step.inputs[0], step.outputs[0]);
}

function isPassive(layer: Layer): boolean {
  return stockLayers.get(layerType(layer))?.isPassive || layer.getConfig().activation === "linear";
}

function isAlike(a: Value | undefined, b: Value | undefined): boolean {
  return a?.shape.length === b?.shape.length && (a?.shape.every((side, i) => side === b?.shape[i]) ?? false);
}
