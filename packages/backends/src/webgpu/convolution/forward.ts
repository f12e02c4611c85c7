import type { Geometry } from "./geometry.js";
import type { Product } from "./product.js";
import { elementType, isInVectors, readMatrix, writeRow } from "./read.js";

/** What follows a convolution in its shader. */
export interface Epilogue {
  readonly bias: boolean;
  readonly relu: boolean;
}

/** Convolution: pixels × filter. Buffers: x, filter, result, and the bias where there is one. */
export function forwardProduct(geometry: Geometry, { bias, relu }: Epilogue): Product {
  const { batchSize, outHeight, outWidth, inChannels, outChannels, filterHeight, filterWidth } = geometry;
  const [m, n, k] = [batchSize * outHeight * outWidth, outChannels, filterHeight * filterWidth * inChannels];
  const biases = [0, 1, 2, 3].map((i) => `bias[min(n + ${i}u, ${n - 1}u)]`);
  return {
    name: "convolution",
    m,
    n,
    k,
    leftAlong: "terms",
    parts: 1,
    code: `
@group(0) @binding(0) var<storage, read> x: array<${elementType(inChannels)}>;
@group(0) @binding(1) var<storage, read> filter_: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;
${bias ? "@group(0) @binding(3) var<storage, read> bias: array<f32>;" : ""}
${readPixels(geometry)}
${readMatrix("filter_", k, n)}
fn write(m: u32, n: u32, part: u32, sums: vec4<f32>) {
  var values = sums;
  ${bias ? `values += vec4<f32>(${biases.join(", ")});` : ""}
  ${relu ? "values = select(vec4<f32>(), values, !(values <= vec4<f32>()));" : ""}
  let at = m * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}

/** A row of the left factor: what one output pixel sees of x, tap by tap. */
function readPixels({
  batchSize,
  inHeight,
  inWidth,
  inChannels,
  outHeight,
  outWidth,
  filterHeight,
  filterWidth,
  strideHeight,
  strideWidth,
  top,
  left,
}: Geometry): string {
  const terms = filterHeight * filterWidth * inChannels;
  const pixel = `
  let tap = k / ${inChannels}u;
  let y = fixed.y + i32(tap / ${filterWidth}u);
  let x_ = fixed.x + i32(tap % ${filterWidth}u);
  let inside = (k < ${terms}u) & (y >= 0) & (y < ${inHeight}) & (x_ >= 0) & (x_ < ${inWidth});
  let at = u32(fixed.image + y * ${inWidth} + x_) * ${inChannels}u + k % ${inChannels}u;`;
  return `
struct Fixed { image: i32, y: i32, x: i32 }
fn fixed(m: u32) -> Fixed {
  if (m >= ${batchSize * outHeight * outWidth}u) { return Fixed(0, -0x40000000, 0); } // above every image
  let image = m / ${outHeight * outWidth}u;
  let y = m / ${outWidth}u % ${outHeight}u;
  let x = m % ${outWidth}u;
  return Fixed(i32(image * ${inHeight * inWidth}u), i32(y * ${strideHeight}u) - ${top}, i32(x * ${strideWidth}u) - ${left});
}
${
  isInVectors(inChannels)
    ? `
fn left(fixed: Fixed, k: u32) -> vec4<f32> {
  ${pixel}
  return select(vec4<f32>(), x[select(0u, at / 4u, inside)], inside);
}`
    : `
fn one(fixed: Fixed, k: u32) -> f32 {
  ${pixel}
  return select(0.0, x[select(0u, at, inside)], inside);
}
fn left(fixed: Fixed, k: u32) -> vec4<f32> {
  return vec4<f32>(one(fixed, k), one(fixed, k + 1u), one(fixed, k + 2u), one(fixed, k + 3u));
}`
}`;
}
