import type { Geometry } from "./geometry.js";
import type { Product } from "./product.js";
import { elementType, isInVectors, readMatrix, writeRow } from "./read.js";

/**
 * Gradient of a convolution with respect to its filter: for each tap and channel, what it saw in all pixels × dy. Few
 * elements of long sums, so the sums are split into parts. Buffers: x, dy, result [parts, …filter].
 */
export function filterGradientProduct(geometry: Geometry, parts: number): Product {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = geometry;
  const [m, n, k] = [filterHeight * filterWidth * inChannels, outChannels, batchSize * outHeight * outWidth];
  const pixel = `
  let y = i32(k / ${outWidth}u % ${outHeight}u * ${strideHeight}u) + fixed.y;
  let x_ = i32(k % ${outWidth}u * ${strideWidth}u) + fixed.x;
  let inside = (k < ${k}u) & (y >= 0) & (y < ${inHeight}) & (x_ >= 0) & (x_ < ${inWidth});
  let at = u32(i32(k / ${outHeight * outWidth}u * ${inHeight}u) + y) * ${inWidth * inChannels}u + u32(x_) * ${inChannels}u + fixed.channel;`;
  const place = `
fn place(m: u32) -> Place {
  if (m >= ${m}u) { return Place(-0x40000000, 0, 0u); } // above every image
  let tap = m / ${inChannels}u;
  return Place(i32(tap / ${filterWidth}u) - ${top}, i32(tap % ${filterWidth}u) - ${left}, m % ${inChannels}u);
}`;
  return {
    name: "convolution's filter gradient",
    m,
    n,
    k,
    leftAlong: "rows",
    parts,
    code: `
@group(0) @binding(0) var<storage, read> x: array<${elementType(inChannels)}>;
@group(0) @binding(1) var<storage, read> dy: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;

struct Place { y: i32, x: i32, channel: u32 }
${place}
${
  isInVectors(inChannels)
    ? `
alias Fixed = Place;
fn fixed(m: u32) -> Fixed { return place(m); }
fn left(fixed: Fixed, k: u32) -> vec4<f32> {
  ${pixel}
  return select(vec4<f32>(), x[select(0u, at / 4u, inside)], inside);
}`
    : `
alias Fixed = array<Place, 4>;
fn fixed(m: u32) -> Fixed { return Fixed(place(m), place(m + 1u), place(m + 2u), place(m + 3u)); }
fn one(fixed: Place, k: u32) -> f32 {
  ${pixel}
  return select(0.0, x[select(0u, at, inside)], inside);
}
fn left(fixed: Fixed, k: u32) -> vec4<f32> {
  return vec4<f32>(one(fixed[0], k), one(fixed[1], k), one(fixed[2], k), one(fixed[3], k));
}`
}
${readMatrix("dy", k, n)}
fn write(m: u32, n: u32, part: u32, values: vec4<f32>) {
  let at = (part * ${m}u + m) * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}
