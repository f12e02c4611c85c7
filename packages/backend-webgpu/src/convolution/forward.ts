import { gatherCode, nowhere } from "./gather.js";
import type { Geometry } from "./geometry.js";
import type { Product } from "./product.js";
import { elementType, isInVectors, readMatrix, writeRow } from "./read.js";

/** What follows a convolution in its shader. */
export interface Epilogue {
  readonly bias: boolean;
  readonly relu: boolean;
}

/**
 * Convolution: what each output pixel sees of x, tap by tap, × filter. Buffers: x, filter, result, and the bias where there is
 * one. `ofGradient`: x is a gradient, that of a transposed convolution; then there is no bias.
 */
export function forwardProduct(geometry: Geometry, { bias, relu }: Epilogue, ofGradient = false): Product {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = geometry;
  const [m, n, k] = [batchSize * outHeight * outWidth, outChannels, filterHeight * filterWidth * inChannels];
  return {
    name: "convolution",
    m,
    n,
    k,
    leftAlong: "terms",
    ...(ofGradient && { gradient: "left" }),
    isInVectors: isInVectors(inChannels) && isInVectors(n),
    parts: 1,
    code: `
@group(0) @binding(0) var<storage, read> x: array<${elementType(inChannels)}>;
@group(0) @binding(1) var<storage, read> filter_: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;
${bias ? "@group(0) @binding(3) var<storage, read> bias: array<f32>;" : ""}
${gatherCode({ buffer: "x", height: inHeight, width: inWidth, channels: inChannels, spacing: [1, 1] }, "terms")}
fn rowPosition(m: u32) -> Position {
  let image = i32(m / ${outHeight * outWidth}u);
  let y = i32(m / ${outWidth}u % ${outHeight}u * ${strideHeight}u) - ${top};
  let x = i32(m % ${outWidth}u * ${strideWidth}u) - ${left};
  return Position(((image * ${inHeight} + y) * ${inWidth} + x) * ${inChannels}, select(${nowhere}, y, m < ${m}u), x);
}
fn termPosition(k: u32) -> Position {
  let tap = k / ${inChannels}u;
  let y = i32(tap / ${filterWidth}u);
  let x = i32(tap % ${filterWidth}u);
  return Position((y * ${inWidth} + x) * ${inChannels} + i32(k % ${inChannels}u), select(${nowhere}, y, k < ${k}u), x);
}
${readMatrix("filter_", k, n)}
fn write(m: u32, n: u32, part: u32, sums: vec4<f32>) {
  var values = sums;
  ${epilogueCode({ bias, relu }, n)}
  let at = m * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}

/** WGSL that changes the vector `values` of four channels from `n` on, of so many. */
export function epilogueCode({ bias, relu }: Epilogue, channels: number): string {
  const biases = [0, 1, 2, 3].map((i) => `bias[min(n + ${i}u, ${channels - 1}u)]`);
  return `${bias ? `values += vec4<f32>(${biases.join(", ")});` : ""}
  ${relu ? "values = select(vec4<f32>(), values, !(values <= vec4<f32>()));" : ""}`;
}
