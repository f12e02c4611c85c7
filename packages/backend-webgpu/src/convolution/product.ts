import type { Shader } from "../compute.js";
import { gridOf } from "../compute.js";
import { byThreads } from "./by-threads.js";
import { byUnits } from "./by-units.js";
import type { Multiplying } from "./multiplying.js";
import { lines, type Reading, readAhead, readInLoops, reads } from "./reading.js";
import { type Tile, threadsOf, tileName } from "./tile.js";

/**
 * A matrix product [m, n] = Σ over k, whose factors are read through WGSL of the caller: convolutions are such products of
 * pixels that no matrix has in memory.
 */
export interface Product {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /**
   * Along what four elements of the left factor are read at a time: along k (`terms`) or along m (`rows`). The other of the
   * two is what a thread's reads have in common.
   */
  readonly leftAlong: "terms" | "rows";
  /** Whether both factors are read in vectors. Else a tile is read in a loop, not ahead: long code for few layers otherwise. */
  readonly isInVectors: boolean;
  /**
   * Bindings, and the types and functions
   *
   *     fn findRow(m: u32) -> Row        where a row of the left factor is read; along rows, four of them from m on
   *     fn findTerm(k: u32) -> Term    where a term of it is read; along terms, four of them from k on
   *     fn left(row: Row, term: Term) -> vec4<f32>    zeros beyond the factor's ends
   *     fn right(k: u32, n: u32) -> vec4<f32>         four along n; zeros beyond the end
   *     fn write(m: u32, n: u32, part: u32, values: vec4<f32>)   four along n, with m and n within the product
   */
  readonly code: string;
  /** Which factor is a gradient: in half precision it is scaled, by two numbers in the buffer at binding 3. */
  readonly gradient?: "left" | "right";
  /** Into how many parts the sums are split, each with a product of its own. */
  readonly parts: number;
  /**
   * Whether k is four stages of as many terms, and four results are made of their sums on the way: `write` gets the first as part
   * 0, first + second as part 1, first + third as part 2, and all as part 3. Each stage is filled up to whole pieces of a tile, to
   * the number of terms that `code` finds as the constant `stageTerms`. Not for tensor cores.
   */
  readonly inStages?: true;
}

/** Vectors that a thread reads ahead at most: more are long code, and hold registers. */
const mostReadAhead = 12;

/** The shader of a product. In half precision factors are rounded to float16 as they are read; sums are in single precision in any case. */
export function productShader(product: Product, tile: Tile, half = false): Shader {
  const { name, m, n, k, leftAlong, gradient, parts, inStages = false } = product;
  const threads = threadsOf(tile);
  const [termQuads, rowQuads, columnQuads] = [tile.k / 4, tile.m / 4, tile.n / 4];
  const isAlongTerms = leftAlong === "terms";
  const leftPerRow = isAlongTerms ? termQuads : rowQuads;
  if (threads % leftPerRow > 0) throw new Error(`Tile ${tileName(tile)}: its threads do not read whole rows.`);
  const leftReads = reads(leftPerRow * (isAlongTerms ? tile.m : tile.k), threads);
  const rightReads = reads(columnQuads * tile.k, threads);
  const steps = inStages ? 4 * Math.ceil(k / 4 / tile.k) : Math.ceil(k / tile.k);
  const stepsOfPart = Math.ceil(steps / parts);
  const columnTiles = Math.ceil(n / tile.n);
  const groups = Math.ceil(m / tile.m) * columnTiles;
  const [x, y] = gridOf(groups);

  const multiplying = tile.unit
    ? byUnits(tile, tile.unit, { m, n, isAlongTerms })
    : byThreads(tile, { m, n, isAlongTerms }, half);
  const { directives, vector, gap, memory, builtins, add, writeAll } = multiplying;
  /** Elements, with the gaps behind each row of so many. */
  const withGaps = (total: number, perRow: number) => total + (total / perRow) * gap;
  const keep = (to: string, perRow: number, isGradient: boolean) => (at: string, value: string) => {
    const place = gap > 0 ? `${at} + ${at} / ${perRow}u * ${gap}u` : at;
    const scaled = isGradient ? `${value} * scale[0]` : value;
    return `${to}[${place}] = ${half ? `vec4<f16>(${scaled})` : value};`;
  };
  const reading: Reading = {
    left: leftReads,
    right: rightReads,
    leftPerRow,
    columnQuads,
    isAlongTerms,
    threads,
    keepLeft: keep("leftTile", leftPerRow, gradient === "left"),
    keepRight: keep("rightTile", columnQuads, gradient === "right"),
  };
  const ahead = product.isInVectors && leftReads.count + rightReads.count <= mostReadAhead;
  const { declare, find, read, keep: keepRead } = ahead ? readAhead(reading) : readInLoops(reading);
  const hasScale = half && gradient !== undefined;
  const stages = inStages ? readStages(multiplying) : { declare: "", end: "" };
  const code = `
${inStages ? `const stageTerms = ${(steps / 4) * tile.k}u;` : ""}
${product.code}
${hasScale ? "@group(0) @binding(3) var<storage, read> scale: array<f32, 2>;" : ""}
var<workgroup> leftTile: array<${vector}, ${withGaps(leftReads.total, leftPerRow)}>;
var<workgroup> rightTile: array<${vector}, ${withGaps(rightReads.total, columnQuads)}>;
${memory}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32${builtins}) {
  let tile = group.x + group.y * ${x}u;
  if (tile >= ${groups}u) { return; }
  let firstRow = tile / ${columnTiles}u * ${tile.m}u;
  let firstColumn = tile % ${columnTiles}u * ${tile.n}u;
  ${multiplying.declare}
  ${declare}
  ${multiplying.sums}
  ${stages.declare}
  ${find}
  var term = group.z * ${stepsOfPart * tile.k}u;
  let end = min(term + ${stepsOfPart * tile.k}u, ${steps * tile.k}u);
  var isFirst = true;
  loop {
    if (term < end) { // under way while the last ones are multiplied
      ${read}
    }
    if (!isFirst) {
      ${add}
      ${stages.end}
    }
    if (term >= end) { break; }
    workgroupBarrier();
    ${keepRead}
    workgroupBarrier();
    term += ${tile.k}u;
    isFirst = false;
  }
  ${inStages ? "" : writeAll((sums) => (hasScale ? `${sums} * scale[1]` : sums), "group.z")}
}`;
  const inHalf = half ? " half" : "";
  return {
    name: `${name} ${tileName(tile)}${inHalf}${parts > 1 ? ` in ${parts}` : ""}`,
    code: `${directives}${code}`,
    workgroups: [x, y, parts],
  };
}

/** WGSL that hands over what is made of the four stages, each as it ends: with the first sums kept during the second stage, and the second ones from then on. */
function readStages({ sumNames, writeAll }: Multiplying): { readonly declare: string; readonly end: string } {
  const kept = (sum: string) => `kept_${sum}`;
  const each = (line: (sum: string) => string) => lines(sumNames.map(line));
  return {
    declare: each((sum) => `var ${kept(sum)} = vec4<f32>();`),
    end: `if (term % stageTerms == 0u) {
  let stage = term / stageTerms - 1u;
  ${writeAll((sum) => `select(${sum}, ${sum} + ${kept(sum)}, stage != 2u)`, "stage")}
  if (stage == 0u) {
    ${each((sum) => `${kept(sum)} = ${sum}; ${sum} = vec4<f32>();`)}
  } else if (stage == 1u) {
    ${each((sum) => `{ let second = ${sum}; ${sum} = ${kept(sum)}; ${kept(sum)} = second; }`)}
  }
}`,
  };
}
