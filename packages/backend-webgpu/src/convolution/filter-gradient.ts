import { gatherCode, nowhere } from "./gather.js";
import type { Geometry } from "./geometry.js";
import type { Product } from "./product.js";
import { elementType, isInVectors, readMatrix, writeRow } from "./read.js";

/**
 * Gradient of a convolution with respect to its filter: for each tap and channel, what it saw in all pixels × dy. Few
 * elements of long sums, so the sums are split into parts. Buffers: x, dy, result [parts, …filter].
 * `gradient`: which of the two is one; x where the convolution is transposed.
 */
export function filterGradientProduct(geometry: Geometry, parts: number, gradient: "x" | "dy" = "dy"): Product {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = geometry;
  const [m, n, k] = [filterHeight * filterWidth * inChannels, outChannels, batchSize * outHeight * outWidth];
  return {
    name: "convolution's filter gradient",
    m,
    n,
    k,
    leftAlong: "rows",
    gradient: gradient === "x" ? "left" : "right",
    isInVectors: isInVectors(inChannels) && isInVectors(n),
    parts,
    code: `
@group(0) @binding(0) var<storage, read> x: array<${elementType(inChannels)}>;
@group(0) @binding(1) var<storage, read> dy: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;
${gatherCode({ buffer: "x", height: inHeight, width: inWidth, channels: inChannels, spacing: [1, 1] }, "rows")}
fn rowPosition(m: u32) -> Position {
  let tap = m / ${inChannels}u;
  let y = i32(tap / ${filterWidth}u) - ${top};
  let x = i32(tap % ${filterWidth}u) - ${left};
  return Position((y * ${inWidth} + x) * ${inChannels} + i32(m % ${inChannels}u), select(${nowhere}, y, m < ${m}u), x);
}
fn termPosition(k: u32) -> Position {
  let image = i32(k / ${outHeight * outWidth}u);
  let y = i32(k / ${outWidth}u % ${outHeight}u * ${strideHeight}u);
  let x = i32(k % ${outWidth}u * ${strideWidth}u);
  return Position(((image * ${inHeight} + y) * ${inWidth} + x) * ${inChannels}, select(${nowhere}, y, k < ${k}u), x);
}
${readMatrix("dy", k, n)}
fn write(m: u32, n: u32, part: u32, values: vec4<f32>) {
  let at = (part * ${m}u + m) * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}
