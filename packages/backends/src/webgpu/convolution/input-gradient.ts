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
  // A pixel at y was used by the tap r in the output (y + top - r) / stride, if that is whole.
  const whole = (side: string, stride: number) => (stride === 1 ? "true" : `(${side} % ${stride} == 0)`);
  const pixel = `
  let tap = k / ${outChannels}u;
  let down = fixed.y - i32(tap / ${filterWidth}u);
  let across = fixed.x - i32(tap % ${filterWidth}u);
  let y = down / ${strideHeight};
  let x = across / ${strideWidth};
  let inside = (k < ${k}u) & (down >= 0) & (across >= 0) & (y < ${outHeight}) & (x < ${outWidth})
    & ${whole("down", strideHeight)} & ${whole("across", strideWidth)};
  let at = u32(fixed.image + y * ${outWidth} + x) * ${outChannels}u + k % ${outChannels}u;`;
  return {
    name: "convolution's input gradient",
    m,
    n,
    k,
    leftAlong: "terms",
    parts: 1,
    code: `
@group(0) @binding(0) var<storage, read> dy: array<${elementType(outChannels)}>;
@group(0) @binding(1) var<storage, read> filter_: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;

struct Fixed { image: i32, y: i32, x: i32 }
fn fixed(m: u32) -> Fixed {
  if (m >= ${m}u) { return Fixed(0, -0x40000000, 0); } // above every image
  let image = m / ${inHeight * inWidth}u;
  let y = m / ${inWidth}u % ${inHeight}u;
  let x = m % ${inWidth}u;
  return Fixed(i32(image * ${outHeight * outWidth}u), i32(y) + ${top}, i32(x) + ${left});
}
${
  isInVectors(outChannels)
    ? `
fn left(fixed: Fixed, k: u32) -> vec4<f32> {
  ${pixel}
  return select(vec4<f32>(), dy[select(0u, at / 4u, inside)], inside);
}`
    : `
fn one(fixed: Fixed, k: u32) -> f32 {
  ${pixel}
  return select(0.0, dy[select(0u, at, inside)], inside);
}
fn left(fixed: Fixed, k: u32) -> vec4<f32> {
  return vec4<f32>(one(fixed, k), one(fixed, k + 1u), one(fixed, k + 2u), one(fixed, k + 3u));
}`
}
${readMatrix("filter_", k, n)}
fn write(m: u32, n: u32, part: u32, values: vec4<f32>) {
  let at = m * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}
