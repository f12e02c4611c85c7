import type { Shader } from "../compute.js";
import { vectors, type Width, widthOf } from "./wgsl.js";

/**
 * How workgroups share [pixels, channels]. A thread stays with one vector of channels, so that what belongs to them is loaded
 * once, and goes down through every `rows`-th pixel of its block; threads side by side read what lies side by side.
 */
export interface Tiling {
  readonly pixels: number;
  readonly channels: number;
  readonly width: Width;
  /** Vectors in a pixel. */
  readonly vectors: number;
  /** Of a workgroup, in vectors. */
  readonly columns: number;
  /** Of a workgroup, in pixels. */
  readonly rows: number;
  readonly columnBlocks: number;
  readonly blocks: number;
  readonly pixelsPerBlock: number;
}

const threads = 256;

/** Pixels that a thread takes at least, if there are as many. */
const perThread = 8;

/** Passes that end in sums: as many workgroups as fill the largest GPUs about once, so that few partial sums are left. */
export function tilingForSums(pixels: number, channels: number): Tiling {
  return tile(pixels, channels, widthOf(channels), 64, 1024);
}

/** Passes that write every element: short ones, for as many workgroups as that makes. */
export function tilingForAll(pixels: number, channels: number): Tiling {
  return tile(pixels, channels, widthOf(channels), 64, 65535);
}

/** The partial sums of `blocks`, for `channels`: one workgroup for a few channels. */
export function tilingOfPartials(blocks: number, channels: number): Tiling {
  return tile(blocks, channels, 1, 8, 1);
}

/** All of so many values, whatever belongs to what: a picture of one channel, or of four. */
export function tilingOfValues(count: number): Tiling {
  const width = widthOf(count);
  return tilingForSums(count / width, width);
}

function tile(pixels: number, channels: number, width: Width, mostColumns: number, mostBlocks: number): Tiling {
  const vectorCount = channels / width;
  const columnBlocks = Math.ceil(vectorCount / mostColumns);
  const columns = Math.ceil(vectorCount / columnBlocks);
  const rows = Math.min(pixels, Math.floor(threads / columns));
  const limit = Math.max(1, Math.floor(mostBlocks / columnBlocks));
  const pixelsPerBlock = Math.ceil(pixels / Math.min(limit, Math.ceil(pixels / (rows * perThread))));
  const blocks = Math.ceil(pixels / pixelsPerBlock);
  return { pixels, channels, width, vectors: vectorCount, columns, rows, columnBlocks, blocks, pixelsPerBlock };
}

/** What a shader does on its way; WGSL, in which `vector` is the thread's vector of channels. */
interface Way {
  readonly name: string;
  /** Declarations, `storage` among them. */
  readonly declarations: string;
  /** Before the first pixel. */
  readonly before?: string;
  /** With `pixel`, and `at`, the place of its vector. */
  readonly each: string;
  /** Variables of type V, 0 at first, which `each` adds to. */
  readonly sums?: readonly string[];
  /** What one thread does with each of the block's sums; `block` is its number. */
  readonly after?: string;
}

/** The shader that goes that way. Threads beyond the last vector only help to add up. */
export function overPixels(
  { pixels, width, vectors: vectorCount, columns, rows, columnBlocks, blocks, pixelsPerBlock }: Tiling,
  { name, declarations, before = "", each, sums = [], after = "" }: Way,
): Shader {
  const size = columns * rows;
  const code = `
${vectors(width)}
${declarations}
${sums.map((sum) => `var<workgroup> ${sum}Parts: array<V, ${size}>;`).join("\n")}

@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let block = group.x;
  let row = thread / ${columns}u;
  let column = group.y * ${columns}u + thread % ${columns}u;
  let vector = min(column, ${vectorCount - 1}u);
  let end = select(0u, min(${pixels}u, (block + 1u) * ${pixelsPerBlock}u), column < ${vectorCount}u);
  ${sums.map((sum) => `var ${sum} = V(0);`).join("\n  ")}
  ${before}
  for (var pixel = block * ${pixelsPerBlock}u + row; pixel < end; pixel += ${rows}u) {
    let at = pixel * ${vectorCount}u + vector;
    ${each}
  }
  ${sums.length > 0 ? gather(sums, columns, rows) : ""}
  ${after && `if (row == 0u && column < ${vectorCount}u) {\n    ${after}\n  }`}
}`;
  return { name, code, workgroups: [blocks, columnBlocks] };
}

/** Adds the rows' sums up pair by pair, in the memory of the workgroup. */
function gather(sums: readonly string[], columns: number, rows: number): string {
  const half = 2 ** Math.ceil(Math.log2(rows)) / 2;
  return `
  ${sums.map((sum) => `${sum}Parts[thread] = ${sum};`).join("\n  ")}
  workgroupBarrier();
  for (var half = ${Math.floor(half)}u; half > 0u; half /= 2u) {
    if (row < half && row + half < ${rows}u) {
      let other = thread + half * ${columns}u;
      ${sums.map((sum) => `${sum}Parts[thread] += ${sum}Parts[other];`).join("\n      ")}
    }
    workgroupBarrier();
  }
  ${sums.map((sum) => `${sum} = ${sum}Parts[thread];`).join("\n  ")}`;
}
