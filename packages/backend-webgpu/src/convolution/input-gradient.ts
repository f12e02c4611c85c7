import { gatherCode, nowhere } from "./gather.js";
import type { Geometry } from "./geometry.js";
import type { Product } from "./product.js";
import { elementType, isInVectors, readMatrix, writeRow } from "./read.js";

/**
 * Gradient of a convolution with respect to its input: what each pixel was used for in dy × the filter with its channels
 * exchanged, [filterHeight, filterWidth, outChannels, inChannels]. Buffers: dy, that filter, result.
 */
export function inputGradientProduct(geometry: Geometry): Product {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = geometry;
  const [m, n, k] = [batchSize * inHeight * inWidth, inChannels, filterHeight * filterWidth * outChannels];
  const spacing = [strideHeight, strideWidth] as const;
  const isSpaced = strideHeight > 1 || strideWidth > 1;
  const channels = outChannels;
  // The pixel at y was used by the tap r for the output at (y + top - r) / stride, if that is whole.
  return {
    name: "convolution's input gradient",
    m,
    n,
    k,
    leftAlong: "terms",
    gradient: "left",
    isInVectors: isInVectors(channels) && isInVectors(n),
    parts: 1,
    code: `
@group(0) @binding(0) var<storage, read> dy: array<${elementType(channels)}>;
@group(0) @binding(1) var<storage, read> filter_: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;
${gatherCode({ buffer: "dy", height: outHeight, width: outWidth, channels, spacing }, "terms")}
fn rowPosition(m: u32) -> Position {
  let image = i32(m / ${inHeight * inWidth}u);
  let y = i32(m / ${inWidth}u % ${inHeight}u) + ${top};
  let x = i32(m % ${inWidth}u) + ${left};
  let at = ${isSpaced ? `image * ${outHeight * outWidth}` : `((image * ${outHeight} + y) * ${outWidth} + x) * ${channels}`};
  return Position(at, select(${nowhere}, y, m < ${m}u), x);
}
fn termPosition(k: u32) -> Position {
  let tap = k / ${channels}u;
  let y = i32(tap / ${filterWidth}u);
  let x = i32(tap % ${filterWidth}u);
  let channel = i32(k % ${channels}u);
  return Position(${isSpaced ? "channel" : `channel - (y * ${outWidth} + x) * ${channels}`}, select(${nowhere}, -y, k < ${k}u), -x);
}
${readMatrix("filter_", k, n)}
fn write(m: u32, n: u32, part: u32, values: vec4<f32>) {
  let at = m * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}
