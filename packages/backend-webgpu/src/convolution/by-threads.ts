import type { Multiplying, Size } from "./multiplying.js";
import { lines, range } from "./reading.js";
import type { Tile } from "./tile.js";

/** Each thread multiplies number by number, and keeps its sums in registers; in single precision, whatever the factors are in. */
export function byThreads(tile: Tile, { m, n, isAlongTerms }: Size, half: boolean): Multiplying {
  const across = tile.n / tile.columns; // threads that share a row of the tile
  const quads = range(tile.columns / 4);
  const rows = range(tile.rows);
  const sumNames = rows.flatMap((i) => quads.map((j) => `sum${i}_${j}`));
  const multiply = isAlongTerms ? multiplyAlongTerms : multiplyAlongRows;
  const rowOf = (i: number) =>
    isAlongTerms ? `down * ${tile.rows}u + ${i}u` : `4u * (down + ${(i >> 2) * (tile.m / tile.rows)}u) + ${i & 3}u`;
  return {
    directives: half ? "enable f16;\n" : "",
    vector: half ? "vec4<f16>" : "vec4<f32>",
    gap: 0,
    memory: "",
    builtins: "",
    declare: `let across = thread % ${across}u;
  let down = thread / ${across}u;`,
    sums: lines(sumNames.map((sum) => `var ${sum} = vec4<f32>();`)),
    sumNames,
    add: multiply(tile, across, half ? (value) => `vec4<f32>(${value})` : (value) => value),
    writeAll: (change, part) =>
      lines(
        rows.map((i) => {
          const writes = quads.map((j) => {
            const column = `firstColumn + 4u * (across + ${j * across}u)`;
            return `if (${column} < ${n}u) { write(row${i}, ${column}, ${part}, ${change(`sum${i}_${j}`)}); }`;
          });
          return `let row${i} = firstRow + ${rowOf(i)};\nif (row${i} < ${m}u) { ${writes.join(" ")} }`;
        }),
      ),
  };
}

type Widen = (value: string) => string;

/** Four terms at a time: four of a row of the left tile, times four rows of the right one. */
function multiplyAlongTerms(tile: Tile, across: number, widen: Widen): string {
  const quads = range(tile.columns / 4);
  const parts = ["x", "y", "z", "w"];
  const rights = parts.flatMap((_, p) =>
    quads.map(
      (j) => `let b${p}_${j} = ${widen(`rightTile[(4u * q + ${p}u) * ${tile.n / 4}u + across + ${j * across}u]`)};`,
    ),
  );
  const sums = range(tile.rows).map((i) => {
    const terms = parts.flatMap((part, p) => quads.map((j) => `sum${i}_${j} += a.${part} * b${p}_${j};`));
    return `{ let a = ${widen(`leftTile[(down * ${tile.rows}u + ${i}u) * ${tile.k / 4}u + q]`)}; ${terms.join(" ")} }`;
  });
  return `for (var q = 0u; q < ${tile.k / 4}u; q++) {\n${[...rights, ...sums].join("\n")}\n}`;
}

/** One term at a time: a column of the left tile, times a row of the right one. */
function multiplyAlongRows(tile: Tile, across: number, widen: Widen): string {
  const quads = range(tile.columns / 4);
  const rights = quads.map((j) => `let b${j} = ${widen(`rightTile[q * ${tile.n / 4}u + across + ${j * across}u]`)};`);
  const sums = range(tile.rows / 4).map((i) => {
    const terms = ["x", "y", "z", "w"].flatMap((part, p) =>
      quads.map((j) => `sum${4 * i + p}_${j} += a.${part} * b${j};`),
    );
    const left = widen(`leftTile[q * ${tile.m / 4}u + down + ${i * (tile.m / tile.rows)}u]`);
    return `{ let a = ${left}; ${terms.join(" ")} }`;
  });
  return `for (var q = 0u; q < ${tile.k}u; q++) {\n${[...rights, ...sums].join("\n")}\n}`;
}
