import type { Compute, Shader } from "../compute.js";
import { vectors, type Width, widthOf } from "./wgsl.js";
import { workgroupSums } from "./workgroup-sums.js";

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
  /** Whether sums are made by operations of subgroups. */
  readonly subgroups: boolean;
}

const threads = 256;

/** Pixels that a thread takes at least, if there are as many. */
const perThread = 8;

/** Passes that end in sums: as many workgroups as fill the largest GPUs about once, so that few partial sums are left. */
export function tilingForSums({ features }: Compute, pixels: number, channels: number): Tiling {
  const limits = { width: widthOf(channels), mostColumns: 64, mostBlocks: 1024 };
  return { ...tile(pixels, channels, limits), subgroups: features.has("subgroups") };
}

/** Passes that write every element: short ones, for as many workgroups as that makes. */
export function tilingForAll(pixels: number, channels: number): Tiling {
  return {
    ...tile(pixels, channels, { width: widthOf(channels), mostColumns: 64, mostBlocks: 65535 }),
    subgroups: false,
  };
}

/** The partial sums of `blocks`, for `channels`: one workgroup for a few channels. */
export function tilingOfPartials(blocks: number, channels: number, subgroups: boolean): Tiling {
  return { ...tile(blocks, channels, { width: 1, mostColumns: 8, mostBlocks: 1 }), subgroups };
}

/** All of so many values, whatever belongs to what: a picture of one channel, or of four. */
export function tilingOfValues(compute: Compute, count: number): Tiling {
  const width = widthOf(count);
  return tilingForSums(compute, count / width, width);
}

function tile(
  pixels: number,
  channels: number,
  { width, mostColumns, mostBlocks }: { width: Width; mostColumns: number; mostBlocks: number },
): Omit<Tiling, "subgroups"> {
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
  tiling: Tiling,
  { name, declarations, before = "", each, sums = [], after = "" }: Way,
): Shader {
  const { pixels, width, vectors: vectorCount, columns, rows, columnBlocks, blocks, pixelsPerBlock } = tiling;
  const gather = workgroupSums(sums, tiling);
  const code = `
${gather.directives}
${vectors(width)}
${declarations}
${gather.declarations}

@compute @workgroup_size(${columns * rows})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32, ${gather.parameters}) {
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
  ${gather.code}
  ${after && `if (row == 0u && column < ${vectorCount}u) {\n    ${after}\n  }`}
}`;
  return { name, code, workgroups: [blocks, columnBlocks] };
}
