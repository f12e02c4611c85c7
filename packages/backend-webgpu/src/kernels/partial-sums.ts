import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Compute, Shader } from "../compute.js";
import { overPixels, type Tiling, tilingOfPartials } from "./over-pixels.js";

/** Sums in two steps: each block of pixels leaves its own, and a second shader adds these up. No order is left to chance. */
export function partialSums(compute: Compute, count: number, { blocks, channels }: Tiling): TensorInfo {
  return compute.output([count, blocks, channels]);
}

/** WGSL that leaves sums, in this order, in a buffer of the first shader's named `partials`, of type V. */
export function leave(sums: readonly string[], { blocks, vectors }: Tiling): string {
  return sums.map((sum, i) => `partials[(${i * blocks}u + block) * ${vectors}u + vector] = ${sum};`).join("\n    ");
}

/** The second shader, one thread of which does `after` with the sums of channel `vector`. It reads `partials`, of type f32. */
export function addUp(
  { blocks, channels, width, subgroups }: Tiling,
  way: { name: string; declarations: string; sums: readonly string[]; after: string },
  all = false,
): Shader {
  // Where all values belong together, the sums of four lanes do.
  const [count, kept] = all ? [blocks * width, 1] : [blocks, channels];
  const each = way.sums.map((sum, i) => `${sum} += partials[${i * count * kept}u + at];`).join("\n    ");
  return overPixels(tilingOfPartials(count, kept, subgroups), { ...way, each });
}
