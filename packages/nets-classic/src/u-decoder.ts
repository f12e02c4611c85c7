import { glorotUniform } from "@em-stellar/core/training";
import type { SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { HeadOptions } from "./options.js";
import type { Parts } from "./parts.js";

/** One step up: how many filters, and what comes across from the encoder, if anything. */
export interface Step {
  readonly filters: number;
  readonly skip: SymbolicTensor | undefined;
}

/** The authors' U-net-like decoder, from the deepest map to the object probability. */
export function decode(
  deepest: SymbolicTensor,
  steps: readonly Step[],
  { head }: HeadOptions,
  { convolution, concatenate, enlarge }: Parts,
): SymbolicTensor {
  let x = deepest;
  for (const [index, { filters, skip }] of steps.entries()) {
    const place = `decoder-${steps.length - index}`;
    x = enlarge(x, place);
    x = convolution(x, `${place}-up-conv`, { filters, kernelSize: 2 });
    if (skip) x = concatenate([x, skip], place);
    x = convolution(x, `${place}-conv-1`, { filters });
    x = convolution(x, `${place}-conv-2`, { filters });
  }
  x = convolution(x, "head-conv", { filters: 2, after: head === "faithful" ? "norm-relu" : "norm" });
  // The authors left the last convolution at Keras's default.
  return convolution(x, "probability", {
    filters: 1,
    kernelSize: 1,
    padding: "valid",
    after: "sigmoid",
    initializer: glorotUniform,
  });
}
