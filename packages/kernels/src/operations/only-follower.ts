import type { LayersModel, layers } from "@tensorflow/tfjs-layers";

export type Layer = layers.Layer;

/** The layer that takes what this one gives, where nothing else does, neither another layer nor the model's caller, and each is used once. */
export function onlyFollowerOf(layer: Layer, model: LayersModel): Layer | undefined {
  const [node, ...others] = layer.outboundNodes;
  const next = node?.outboundLayer;
  const isOutput = model.outputs.some(({ sourceLayer }) => sourceLayer === layer);
  if (!next || others.length > 0 || isOutput || layer.inboundNodes.length !== 1 || next.inboundNodes.length !== 1) {
    return undefined;
  }
  return next;
}
