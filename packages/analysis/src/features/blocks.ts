import type { FeatureBlock } from "@em-stellar/core";
import type { ModelGraph, Value } from "../model-graph/model-graph.js";
import type { FeatureLayer } from "./feature-layers.js";

/** Layers of one resolution and place in a network. */
export interface Block extends Pick<FeatureBlock, "name" | "place" | "reduction"> {
  readonly layers: readonly FeatureLayer[];
}

/**
 * Groups feature layers as the paper's figure 5 does, from the image to the output: encoder blocks from the largest maps
 * down, the bottleneck (the smallest maps), decoder blocks up again. Encoder is what the bottleneck is made of.
 */
export function blocksOf(graph: ModelGraph, layers: readonly FeatureLayer[]): Block[] {
  const [, height, width] = graph.input.shape as number[]; // known but for the batch
  const pixels = (height as number) * (width as number);
  const reductions = layers.map((layer) => Math.max(1, Math.round(Math.sqrt(pixels / (layer.height * layer.width)))));
  const deepest = Math.max(...reductions);
  const isFlat = reductions.every((reduction) => reduction === deepest);
  const leadsDown = valuesBehind(
    graph,
    layers.filter((_, i) => reductions[i] === deepest).map(({ value }) => value),
  );
  const blocks = new Map<string, Block & { layers: FeatureLayer[] }>();
  layers.forEach((layer, i) => {
    const reduction = reductions[i] as number; // one for each
    const place = isFlat
      ? "whole"
      : reduction === deepest
        ? "bottleneck"
        : leadsDown.has(layer.value)
          ? "encoder"
          : "decoder";
    const name = place === "whole" ? "all layers" : place === "bottleneck" ? place : `${place} 1/${reduction}`;
    const block = blocks.get(name) ?? { name, place, reduction, layers: [] };
    block.layers.push(layer);
    blocks.set(name, block);
  });
  return [...blocks.values()].sort((a, b) => position(a) - position(b));
}

function position({ place, reduction }: Block): number {
  return place === "decoder" ? 1 + 1 / reduction : -1 / reduction;
}

/** Everything that these values are made of, themselves included. */
function valuesBehind({ steps }: ModelGraph, values: readonly Value[]): Set<Value> {
  const behind = new Set(values);
  for (const { inputs, outputs } of steps.toReversed()) {
    if (outputs.some((output) => behind.has(output))) for (const input of inputs) behind.add(input);
  }
  return behind;
}
