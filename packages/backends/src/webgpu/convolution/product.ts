import type { Shader } from "../compute.js";
import { gridOf } from "../compute.js";
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
  /** Into how many parts the sums are split, each with a product of its own. */
  readonly parts: number;
}

/** The shader of a product. */
export function productShader(product: Product, tile: Tile): Shader {
  const { name, m, n, k, leftAlong, parts } = product;
  const threads = threadsOf(tile);
  const across = tile.n / tile.columns; // threads that share a row of the tile
  const [termQuads, rowQuads, columnQuads] = [tile.k / 4, tile.m / 4, tile.n / 4];
  const leftPerRow = leftAlong === "terms" ? termQuads : rowQuads;
  if (threads % leftPerRow > 0) throw new Error(`Tile ${tileName(tile)}: its threads do not read whole rows.`);
  const leftReads = reads(leftPerRow * (leftAlong === "terms" ? tile.m : tile.k), threads);
  const rightReads = reads(columnQuads * tile.k, threads);
  const steps = Math.ceil(k / tile.k);
  const stepsOfPart = Math.ceil(steps / parts);
  const columnTiles = Math.ceil(n / tile.n);
  const groups = Math.ceil(m / tile.m) * columnTiles;
  const [x, y] = gridOf(groups);

  const quads = range(tile.columns / 4);
  const rows = range(tile.rows);
  const isAlongTerms = leftAlong === "terms";
  const reading = { left: leftReads, right: rightReads, leftPerRow, columnQuads, isAlongTerms, threads };
  const { declare, find, read, keep } = product.isInVectors ? readAhead(reading) : readInLoops(reading);

  const multiply = leftAlong === "terms" ? multiplyAlongTerms : multiplyAlongRows;
  const rowOf = (i: number) =>
    leftAlong === "terms"
      ? `down * ${tile.rows}u + ${i}u`
      : `4u * (down + ${(i >> 2) * (tile.m / tile.rows)}u) + ${i & 3}u`;
  const code = `
${product.code}

var<workgroup> leftTile: array<vec4<f32>, ${leftReads.total}>;
var<workgroup> rightTile: array<vec4<f32>, ${rightReads.total}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let tile = group.x + group.y * ${x}u;
  if (tile >= ${groups}u) { return; }
  let firstRow = tile / ${columnTiles}u * ${tile.m}u;
  let firstColumn = tile % ${columnTiles}u * ${tile.n}u;
  let across = thread % ${across}u;
  let down = thread / ${across}u;
  ${declare}
  ${lines(rows.flatMap((i) => quads.map((j) => `var sum${i}_${j} = vec4<f32>();`)))}
  ${find}
  var term = group.z * ${stepsOfPart * tile.k}u;
  let end = min(term + ${stepsOfPart * tile.k}u, ${steps * tile.k}u);
  var isFirst = true;
  loop {
    if (term < end) { // under way while the last ones are multiplied
      ${read}
    }
    if (!isFirst) {
      ${multiply(tile, across)}
    }
    if (term >= end) { break; }
    workgroupBarrier();
    ${keep}
    workgroupBarrier();
    term += ${tile.k}u;
    isFirst = false;
  }
  ${lines(
    rows.map((i) => {
      const writes = quads.map((j) => {
        const column = `firstColumn + 4u * (across + ${j * across}u)`;
        return `if (${column} < ${n}u) { write(row${i}, ${column}, group.z, sum${i}_${j}); }`;
      });
      return `let row${i} = firstRow + ${rowOf(i)};\nif (row${i} < ${m}u) { ${writes.join(" ")} }`;
    }),
  )}
}`;
  return { name: `${name} ${tileName(tile)}${parts > 1 ? ` in ${parts}` : ""}`, code, workgroups: [x, y, parts] };
}

/** How the threads of a tile read its factors. */
interface Reading {
  readonly left: Reads;
  readonly right: Reads;
  readonly leftPerRow: number;
  readonly columnQuads: number;
  readonly isAlongTerms: boolean;
  readonly threads: number;
}

/** WGSL: what is declared and found before the loop; what is read of the next tiles; what puts them into workgroup memory. */
interface ReadingCode {
  readonly declare: string;
  readonly find: string;
  readonly read: string;
  readonly keep: string;
}

/** Into registers, while the last tiles are multiplied. What a thread's reads have in common is found once: along terms they are of the same terms, along rows of the same rows. */
function readAhead({ left, right, leftPerRow, columnQuads, isAlongTerms, threads }: Reading): ReadingCode {
  /** Runs `line` for the reads of a thread; those of the last round may be fewer than there are threads. */
  const each = ({ count, total }: Reads, line: (i: number, at: string) => string) =>
    lines(
      range(count).map((i) => {
        const at = i === 0 ? "thread" : `(thread + ${i * threads}u)`;
        const body = line(i, at);
        return (i + 1) * threads > total ? `if (${at} < ${total}u) { ${body} }` : body;
      }),
    );
  const readLeft = isAlongTerms
    ? [
        `let terms = findTerm(term + 4u * (thread % ${leftPerRow}u));`,
        each(left, (i) => `left${i} = left(place${i}, terms);`),
      ]
    : [each(left, (i, at) => `left${i} = left(place0, findTerm(term + ${at} / ${leftPerRow}u));`)];
  return {
    declare: lines([
      ...range(left.count).map((i) => `var left${i}: vec4<f32>;`),
      ...range(right.count).map((i) => `var right${i}: vec4<f32>;`),
      ...range(isAlongTerms ? left.count : 1).map((i) => `var place${i}: Row;`),
    ]),
    find: isAlongTerms
      ? each(left, (i, at) => `place${i} = findRow(firstRow + ${at} / ${leftPerRow}u);`)
      : `place0 = findRow(firstRow + 4u * (thread % ${leftPerRow}u));`,
    read: lines([
      ...readLeft,
      each(right, (i, at) => {
        const column = `firstColumn + 4u * (${at} % ${columnQuads}u)`;
        return `right${i} = right(term + ${at} / ${columnQuads}u, ${column});`;
      }),
    ]),
    keep: lines([
      each(left, (i, at) => `leftTile[${at}] = left${i};`),
      each(right, (i, at) => `rightTile[${at}] = right${i};`),
    ]),
  };
}

function readInLoops({ left, right, leftPerRow, columnQuads, isAlongTerms, threads }: Reading): ReadingCode {
  const [row, term] = isAlongTerms
    ? [`firstRow + i / ${leftPerRow}u`, `term + 4u * (i % ${leftPerRow}u)`]
    : [`firstRow + 4u * (i % ${leftPerRow}u)`, `term + i / ${leftPerRow}u`];
  const loop = (total: number) => `for (var i = thread; i < ${total}u; i += ${threads}u)`;
  return {
    declare: "",
    find: "",
    read: "",
    keep: `
${loop(left.total)} { leftTile[i] = left(findRow(${row}), findTerm(${term})); }
${loop(right.total)} { rightTile[i] = right(term + i / ${columnQuads}u, firstColumn + 4u * (i % ${columnQuads}u)); }`,
  };
}

/** Four terms at a time: four of a row of the left tile, times four rows of the right one. */
function multiplyAlongTerms(tile: Tile, across: number): string {
  const quads = range(tile.columns / 4);
  const parts = ["x", "y", "z", "w"];
  const rights = parts.flatMap((_, p) =>
    quads.map((j) => `let b${p}_${j} = rightTile[(4u * q + ${p}u) * ${tile.n / 4}u + across + ${j * across}u];`),
  );
  const sums = range(tile.rows).map((i) => {
    const terms = parts.flatMap((part, p) => quads.map((j) => `sum${i}_${j} += a.${part} * b${p}_${j};`));
    return `{ let a = leftTile[(down * ${tile.rows}u + ${i}u) * ${tile.k / 4}u + q]; ${terms.join(" ")} }`;
  });
  return `for (var q = 0u; q < ${tile.k / 4}u; q++) {\n${[...rights, ...sums].join("\n")}\n}`;
}

/** One term at a time: a column of the left tile, times a row of the right one. */
function multiplyAlongRows(tile: Tile, across: number): string {
  const quads = range(tile.columns / 4);
  const rights = quads.map((j) => `let b${j} = rightTile[q * ${tile.n / 4}u + across + ${j * across}u];`);
  const sums = range(tile.rows / 4).map((i) => {
    const terms = ["x", "y", "z", "w"].flatMap((part, p) =>
      quads.map((j) => `sum${4 * i + p}_${j} += a.${part} * b${j};`),
    );
    return `{ let a = leftTile[q * ${tile.m / 4}u + down + ${i * (tile.m / tile.rows)}u]; ${terms.join(" ")} }`;
  });
  return `for (var q = 0u; q < ${tile.k}u; q++) {\n${[...rights, ...sums].join("\n")}\n}`;
}

/** How many vectors there are to read for a tile, and in how many rounds its threads read them. */
interface Reads {
  readonly total: number;
  readonly count: number;
}

function reads(total: number, threads: number): Reads {
  return { total, count: Math.ceil(total / threads) };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function lines(list: readonly string[]): string {
  return list.join("\n");
}
