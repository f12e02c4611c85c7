import { gridOf, type Shader } from "../compute.js";
import { type Epilogue, epilogueCode } from "./forward.js";
import { gatherCode, nowhere } from "./gather.js";
import type { Product } from "./product.js";
import { elementType, fourElements, isInVectors, readElement, readMatrix, writeRow } from "./read.js";
import { exchange } from "./rearrange.js";

/*
 * Nearest up-sampling by 2 and a convolution of 2×2 taps with "same" padding (zeros below and on the right) in one. In one
 * dimension
 *
 *     out[2k] = (w0 + w1) x[k],    out[2k + 1] = w0 x[k] + w1 x[k + 1] = out[2k] + w1 (x[k + 1] - x[k]),
 *
 * so that two products make two outputs. In two dimensions four make four, where sums written out have sixteen. With a a pixel,
 * b its right neighbour, c the one below and d the diagonal one:
 *
 *     s0 = (w00 + w01 + w10 + w11) a    s1 = (w01 + w11) (b - a)    s2 = (w10 + w11) (c - a)    s3 = w11 (d - b - c + a)
 *     out = s0, s0 + s1; s0 + s2, s0 + s1 + s2 + s3
 *
 * These are the four stages of a product. Neither the enlarged image nor its gradient is anywhere.
 */

/** Numbers of an up-convolution: of the image before it is enlarged. */
export interface UpGeometry {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** The up-convolution, rows being pixels of the small image. Buffers: x, filter, result, and the bias where there is one. */
export function upProduct(geometry: UpGeometry, epilogue: Epilogue): Product {
  const { images, height, width, inChannels, outChannels } = geometry;
  const [m, n, k] = [images * height * width, outChannels, 4 * inChannels];
  const weights = ["stage == 0u", "stage < 2u", "stage % 2u == 0u", "true"].map(
    (isUsed, tap) => `weight(at + ${tap * inChannels * n}u, inside & (${isUsed}))`,
  );
  return {
    name: "up-convolution",
    m,
    n,
    k,
    leftAlong: "terms",
    isInVectors: isInVectors(inChannels) && isInVectors(n),
    parts: 1,
    inStages: true,
    code: `
@group(0) @binding(0) var<storage, read> x: array<${elementType(inChannels)}>;
@group(0) @binding(1) var<storage, read> filter_: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;
${epilogue.bias ? "@group(0) @binding(3) var<storage, read> bias: array<f32>;" : ""}
struct Row { at: u32, inside: bool, right: bool, below: bool }
struct Term { stage: u32, channel: u32 }
fn findRow(m: u32) -> Row {
  let inside = m < ${m}u;
  let right = m % ${width}u < ${width - 1}u;
  let below = m / ${width}u % ${height}u < ${height - 1}u;
  return Row(m * ${inChannels}u, inside, inside & right, inside & below);
}
fn findTerm(k: u32) -> Term { return Term(k / stageTerms, k % stageTerms); }
${readElement("pixel", "x", inChannels)}
fn difference(row: Row, stage: u32, channel: u32) -> ${elementType(inChannels)} {
  let inside = channel < ${inChannels}u;
  let at = row.at + channel;
  let a = pixel(at, row.inside & inside);
  let b = pixel(at + ${inChannels}u, row.right & inside & (stage % 2u == 1u));
  let c = pixel(at + ${width * inChannels}u, row.below & inside & (stage >= 2u));
  let d = pixel(at + ${(width + 1) * inChannels}u, row.right & row.below & inside & (stage == 3u));
  let down = c - a;
  return select(select(select(a, b - a, stage == 1u), down, stage == 2u), (d - b) - down, stage == 3u);
}
fn left(row: Row, term: Term) -> vec4<f32> {
  return ${fourElements(inChannels, (offset) => `difference(row, term.stage, term.channel + ${offset})`)};
}
${readElement("weight", "filter_", n)}
fn sumOfTaps(stage: u32, channel: u32, n: u32) -> ${elementType(n)} {
  let inside = (channel < ${inChannels}u) & (n < ${n}u);
  let at = channel * ${n}u + n;
  return ${weights.join(" + ")};
}
fn right(k: u32, n: u32) -> vec4<f32> {
  let term = findTerm(k);
  return ${fourElements(n, (offset) => `sumOfTaps(term.stage, term.channel, n + ${offset})`)};
}
fn write(m: u32, n: u32, part: u32, sums: vec4<f32>) {
  var values = sums;
  ${epilogueCode(epilogue, n)}
  let row = 2u * (m / ${width}u) + part / 2u;
  let at = (row * ${2 * width}u + 2u * (m % ${width}u) + part % 2u) * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}

/**
 * WGSL `fn flow(pixel: u32, inside: bool, stage: u32, channel: u32)`: what of dy, the gradient of the enlarged image, belongs to
 * a pixel of the small one in a stage, which is the transpose of what the stage makes of x. In the first it is the sum of the
 * pixel's four; in the second that of the right two of its left neighbour, less its own; in the third likewise of the lower two
 * from above; in the fourth of the lower right one both ways.
 */
function flowCode({ height, width, outChannels }: UpGeometry): string {
  const line = 2 * width * outChannels;
  return `${readElement("enlarged", "dy", outChannels)}
fn flow(pixel: u32, inside: bool, stage: u32, channel: u32) -> ${elementType(outChannels)} {
  let across = stage % 2u;
  let down = stage / 2u;
  let hasLeft = inside & ((across == 0u) | (pixel % ${width}u > 0u));
  let hasAbove = (down == 0u) | (pixel / ${width}u % ${height}u > 0u);
  let at = pixel / ${width}u * ${2 * line}u + pixel % ${width}u * ${2 * outChannels}u + channel;
  let above = at - down * ${line}u;
  let below = at + ${line}u;
  let sign = vec2<f32>(select(1.0, -1.0, across == 1u), select(1.0, -1.0, down == 1u));
  let upper = enlarged(above - across * ${outChannels}u, hasLeft & hasAbove) + sign.x * enlarged(above + ${outChannels}u, inside & hasAbove);
  let lower = enlarged(below - across * ${outChannels}u, hasLeft) + sign.x * enlarged(below + ${outChannels}u, inside);
  return upper + sign.y * lower;
}`;
}

/** So many channels follow each other in one stage before the same ones in the next, which finds what they have read in a cache. */
function channelsInBlock(channels: number): number {
  return [16, 8].find((block) => channels % block === 0) ?? 4;
}

/** Gradient of an up-convolution with respect to its input. Buffers: dy, the filter as by {@link upInputFilter}, result. */
export function upInputGradientProduct(geometry: UpGeometry): Product {
  const { images, height, width, inChannels, outChannels } = geometry;
  const block = channelsInBlock(outChannels);
  const [m, n, k] = [images * height * width, inChannels, 4 * block * Math.ceil(outChannels / block)];
  const row = `matrixRow(findTerm(k))`;
  return {
    name: "up-convolution's input gradient",
    m,
    n,
    k,
    leftAlong: "terms",
    isInVectors: isInVectors(outChannels) && isInVectors(n),
    parts: 1,
    code: `
@group(0) @binding(0) var<storage, read> dy: array<${elementType(outChannels)}>;
@group(0) @binding(1) var<storage, read> filter_: array<${elementType(n)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;
alias Row = u32;
struct Term { stage: u32, channel: u32 }
fn findRow(m: u32) -> Row { return m; }
fn findTerm(k: u32) -> Term { return Term(k / ${block}u % 4u, k / ${4 * block}u * ${block}u + k % ${block}u); }
${flowCode(geometry)}
fn left(row: Row, term: Term) -> vec4<f32> {
  return ${fourElements(outChannels, (offset) => {
    const channel = `term.channel + ${offset}`;
    return `flow(row, (row < ${m}u) & (${channel} < ${outChannels}u), term.stage, ${channel})`;
  })};
}
fn matrixRow(term: Term) -> u32 {
  return select(${4 * outChannels}u, term.stage * ${outChannels}u + term.channel, term.channel < ${outChannels}u);
}
${readMatrix("filter_", 4 * outChannels, n, row)}
fn write(m: u32, n: u32, part: u32, values: vec4<f32>) {
  let at = m * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}

/** The filter for {@link upInputGradientProduct}: of each stage the sum of taps, with channels exchanged, [4, outChannels, inChannels]. Buffers: filter, result. */
export function upInputFilter({ inChannels, outChannels }: UpGeometry): Shader {
  const tapAt = (tap: number) => `source[place + ${tap * inChannels * outChannels}u]`;
  const value = `${tapAt(3)} + select(0.0, ${tapAt(1)}, tap < 2u) + select(0.0, ${tapAt(2)}, tap % 2u == 0u) + select(0.0, ${tapAt(0)}, tap == 0u)`;
  return { ...exchange(4, inChannels, outChannels, value), name: "up-convolution's filter, exchanged" };
}

/**
 * Gradient of an up-convolution with respect to the weights of its four stages. Buffers: x, dy, result [parts, inChannels, 4,
 * outChannels], of which {@link upFilterSum} makes the gradient of the filter.
 */
export function upFilterGradientProduct(geometry: UpGeometry, parts: number): Product {
  const { images, height, width, inChannels, outChannels } = geometry;
  const [m, n, k] = [inChannels, 4 * outChannels, images * height * width];
  return {
    name: "up-convolution's filter gradient",
    m,
    n,
    k,
    leftAlong: "rows",
    isInVectors: isInVectors(inChannels) && isInVectors(outChannels),
    parts,
    code: `
@group(0) @binding(0) var<storage, read> x: array<${elementType(inChannels)}>;
@group(0) @binding(1) var<storage, read> dy: array<${elementType(outChannels)}>;
@group(0) @binding(2) var<storage, read_write> result: array<${elementType(n)}>;
${gatherCode({ buffer: "x", height, width, channels: inChannels, spacing: [1, 1] }, "rows")}
fn rowPosition(m: u32) -> Position { return Position(i32(m), select(${nowhere}, 0, m < ${m}u), 0); }
fn termPosition(k: u32) -> Position { return Position(i32(k * ${inChannels}u), select(${nowhere}, 0, k < ${k}u), 0); }
${flowCode(geometry)}
fn right(k: u32, n: u32) -> vec4<f32> {
  return ${fourElements(outChannels, (offset) => {
    const column = `(n + ${offset})`;
    return `flow(k, (k < ${k}u) & (${column} < ${n}u), ${column} / ${outChannels}u, ${column} % ${outChannels}u)`;
  })};
}
fn write(m: u32, n: u32, part: u32, values: vec4<f32>) {
  let at = (part * ${m}u + m) * ${n}u + n;
  ${writeRow("result", n)}
}`,
  };
}

/** Adds up the parts of {@link upFilterGradientProduct}, and the stages in which each tap is used. Buffers: source, result [2, 2, inChannels, outChannels]. */
export function upFilterSum({ inChannels, outChannels }: UpGeometry, parts: number): Shader {
  const type = elementType(outChannels);
  const width = isInVectors(outChannels) ? 4 : 1;
  const [columns, all] = [outChannels / width, (inChannels * outChannels) / width];
  const lanes = parts < 16 ? 1 : 16; // threads that share the parts of an element
  const elements = 64 / lanes;
  const [x, y] = gridOf(Math.ceil(all / elements));
  const stages = [0, 1, 2, 3];
  const each = (line: (stage: number) => string) => stages.map(line).join("\n");
  return {
    name: "sum of an up-convolution's parts",
    code: `
@group(0) @binding(0) var<storage, read> source: array<${type}>;
@group(0) @binding(1) var<storage, read_write> result: array<${type}>;
${each((stage) => `var<workgroup> sums${stage}: array<${type}, 64>;`)}
@compute @workgroup_size(${elements}, ${lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) at: vec3<u32>) {
  let i = (group.y * ${x}u + group.x) * ${elements}u + at.x;
  ${each((stage) => `var sum${stage} = ${type}();`)}
  if (i < ${all}u) {
    let first = i / ${columns}u * ${4 * columns}u + i % ${columns}u;
    for (var part = at.y; part < ${parts}u; part += ${lanes}u) {
      ${each((stage) => `sum${stage} += source[part * ${4 * all}u + first + ${stage * columns}u];`)}
    }
  }
  ${each((stage) => `sums${stage}[at.y * ${elements}u + at.x] = sum${stage};`)}
  workgroupBarrier();
  if (at.y == 0u && i < ${all}u) {
    for (var lane = 1u; lane < ${lanes}u; lane++) {
      ${each((stage) => `sum${stage} += sums${stage}[lane * ${elements}u + at.x];`)}
    }
    result[i] = sum0;
    result[i + ${all}u] = sum0 + sum1;
    result[i + ${2 * all}u] = sum0 + sum2;
    result[i + ${3 * all}u] = (sum0 + sum1) + (sum2 + sum3);
  }
}`,
    workgroups: [x, y],
  };
}
