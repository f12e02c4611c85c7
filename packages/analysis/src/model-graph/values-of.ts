import type { Shape } from "@tensorflow/tfjs-layers";

/** How many numbers are in a tensor of one image: the product of all sides but the batch. */
export function valuesOf(shape: Shape): number {
  return (shape.slice(1) as number[]).reduce((product, side) => product * side, 1); // known, see `graphOf`
}
