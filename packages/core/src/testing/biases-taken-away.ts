import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Layer } from "../training/network.js";
import { layersOf, weightName } from "./subject.js";

/**
 * Names of the biases that shift whole channels which are then only normalised: batch normalisation subtracts them again, so
 * that their gradient is zero by construction (in numbers: rounding errors). Found from the graph, through sums, joins,
 * poolings and up-samplings.
 */
export function biasesTakenAway(model: LayersModel): ReadonlySet<string> {
  const outputs = new Set(model.outputs.map(({ sourceLayer }) => sourceLayer));
  const layers = layersOf(model);
  const followersOf = (layer: Layer) =>
    layers.filter(({ inboundNodes }) => inboundNodes.some(({ inboundLayers }) => inboundLayers.includes(layer)));
  const isNormalized = (layer: Layer): boolean => {
    const followers = followersOf(layer);
    return (
      followers.length > 0 &&
      !outputs.has(layer) &&
      followers.every((follower) => normalizesChannels(follower) || (isTransparent(follower) && isNormalized(follower)))
    );
  };
  const isLinear = (layer: Layer) => [undefined, "linear"].includes(layer.getConfig().activation as string | undefined);
  return new Set(
    layers
      .filter((layer) => isLinear(layer) && isNormalized(layer))
      .flatMap(({ weights }) => weights.map(weightName))
      .filter((name) => name.endsWith("/bias")),
  );
}

function normalizesChannels(layer: Layer): boolean {
  return layer.getClassName() === "BatchNormalization" && isAlongChannels(layer);
}

/** Whether a shift of a whole channel is one of a whole channel still behind it. */
function isTransparent(layer: Layer): boolean {
  const name = layer.getClassName();
  if (name === "Concatenate") return isAlongChannels(layer);
  return ["Add", "MaxPooling2D", "UpSampling2D"].includes(name);
}

function isAlongChannels(layer: Layer): boolean {
  const { axis } = layer.getConfig();
  return axis === -1 || axis === 3;
}
