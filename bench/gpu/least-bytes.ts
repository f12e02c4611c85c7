import type { NetworkDescription } from "./describe-network.js";

/**
 * The bytes that a training step with Adam has to move where each layer is a pass of its own, batch normalization is fused with
 * the activation behind it, enlarged images and concatenations are read where their parts are, and no cache holds a whole tensor:
 *
 *   convolution: input and output; backward the input, the output's gradient twice, and the input's gradient
 *   batch normalization: input twice, for its sums and to apply them, and output; backward input and gradient twice, and a gradient
 *   another activation, and pooling: input and output; backward as much, and the input or output to know which way it went
 *   a tensor with several readers: for each beyond the first, two gradients and their sum
 *   weights: forward, backward, and their gradient twice; of Adam weight and two moments, read and written
 */
export function leastBytes({ layers, parameters }: NetworkDescription, side: number, batch: number): number {
  const sizes = new Map<string, number>();
  const sides = new Map<string, number>();
  const channels = new Map<string, number>();
  const kinds = new Map(layers.map(({ name, kind }) => [name, kind]));
  const isActivation = (kind: string) => kind === "relu" || kind === "prelu" || kind === "tlu";
  const readers = (name: string) => layers.filter(({ inputs }) => inputs.includes(name)).length;
  let elements = 0;
  for (const layer of layers) {
    const { name, inputs, kind } = layer;
    const from = (map: ReadonlyMap<string, number>) => inputs.map((input) => map.get(input) as number); // those before
    const [first = side] = from(sides);
    const ownSide = kind === "max-pool" ? first / layer.size : kind === "up-sampling" ? first * layer.size : first;
    const given = from(channels).reduce((sum, each) => sum + each, 0);
    const own = kind === "convolution" ? layer.filters : kind === "input" ? layer.channels : given;
    const output = batch * ownSide ** 2 * own;
    sides.set(name, ownSide);
    channels.set(name, own);
    // What an enlarged image or a concatenation is read as: its parts.
    const isView = kind === "up-sampling" || kind === "concatenation";
    const input = from(sizes).reduce((sum, each) => sum + each, 0);
    sizes.set(name, isView ? input : output);
    const isOfImages = inputs.some((each) => kinds.get(each) === "input");
    const isFused = isActivation(kind) && kinds.get(inputs[0] as string) === "batch-norm";
    if (kind === "convolution") {
      elements += 2 * input + (isOfImages ? 2 : 3) * output + (isOfImages ? 0 : input);
      if (layer.activation !== "linear") elements += 3 * output; // backward: output, gradient, gradient
    } else if (kind === "batch-norm") elements += 3 * output + 5 * output;
    else if (kind === "max-pool") elements += input + output + 2 * input + output;
    else if (isActivation(kind) && !isFused) elements += 5 * output;
    if (!isView && kind !== "input") elements += 3 * Math.max(0, readers(name) - 1) * output;
  }
  return 4 * (elements + (2 + 2 + 6) * parameters);
}
