import type { SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Parts } from "./parts.js";

/** Filters of a residual unit's three convolutions: 1 × 1, 3 × 3, 1 × 1. */
export type Widths = readonly [reduced: number, middle: number, out: number];

/** How a unit's input comes to its sum: as it is, through a 1 × 1 convolution (with a stride), or enlarged and through one. */
export type Shortcut = "identity" | { readonly stride: number } | "enlarged";

/** A bottleneck unit of a residual network, version 1: the stride is on the first 1 × 1 convolution, ReLU after the sum. */
export function residualUnit(
  x: SymbolicTensor,
  place: string,
  [reduced, middle, out]: Widths,
  shortcut: Shortcut,
  { convolution, activate, add, enlarge }: Parts,
): SymbolicTensor {
  const strides = typeof shortcut === "object" ? shortcut.stride : 1;
  const one = { kernelSize: 1, padding: "valid" } as const;
  let y = shortcut === "enlarged" ? enlarge(x, place) : x;
  y = convolution(y, `${place}-conv-1`, { ...one, filters: reduced, strides });
  y = convolution(y, `${place}-conv-2`, { filters: middle });
  y = convolution(y, `${place}-conv-3`, { ...one, filters: out, after: "norm" });
  let across = x;
  if (shortcut !== "identity") {
    // The authors enlarge once for each way.
    const source = shortcut === "enlarged" ? enlarge(x, `${place}-shortcut`) : x;
    across = convolution(source, `${place}-shortcut`, { ...one, filters: out, strides, after: "norm" });
  }
  return activate(add([y, across], place), place);
}

/** Several units of the same widths, of which the first changes the size or the number of channels. */
export function residualStage(
  x: SymbolicTensor,
  place: string,
  units: number,
  widths: Widths,
  first: Shortcut,
  parts: Parts,
): SymbolicTensor {
  let y = x;
  for (let unit = 1; unit <= units; unit++) {
    y = residualUnit(y, `${place}-unit-${unit}`, widths, unit === 1 ? first : "identity", parts);
  }
  return y;
}
