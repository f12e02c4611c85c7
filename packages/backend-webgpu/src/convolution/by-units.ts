import type { Multiplying, Size } from "./multiplying.js";
import { lines, range } from "./reading.js";
import { gap, type MatrixUnit, type Tile } from "./tile.js";

/**
 * Each subgroup multiplies unit by unit on tensor cores, and keeps a grid of units of sums: through Dawn's experimental
 * subgroup matrices (docs/dawn/features/subgroup_matrix.md of Dawn), whose types name the number of columns first, and whose
 * functions count offsets and strides of an array of vectors in vectors.
 */
export function byUnits(tile: Tile, unit: MatrixUnit, { m, n, isAlongTerms }: Size): Multiplying {
  const across = tile.n / tile.columns; // subgroups that share a row of the tile
  const subgroups = across * (tile.m / tile.rows);
  const rows = range(tile.rows / unit.m);
  const columns = range(tile.columns / unit.n);
  const leftRow = (isAlongTerms ? tile.k : tile.m) / 4 + gap;
  const rightRow = tile.n / 4 + gap;
  const ofUnit = { row: unit.n / 4, size: (unit.m * unit.n) / 4 };
  const leftOf = (i: number) =>
    isAlongTerms
      ? `(down * ${tile.rows}u + ${i * unit.m}u) * ${leftRow}u + q * ${unit.k / 4}u`
      : `q * ${unit.k * leftRow}u + down * ${tile.rows / 4}u + ${(i * unit.m) / 4}u`;
  const rightOf = (j: number) => `q * ${unit.k * rightRow}u + across * ${tile.columns / 4}u + ${(j * unit.n) / 4}u`;
  const left = `subgroupMatrixLoad<subgroup_matrix_left<f16, ${unit.k}, ${unit.m}>, ${isAlongTerms ? "row_major" : "col_major"}>`;
  const right = `subgroupMatrixLoad<subgroup_matrix_right<f16, ${unit.n}, ${unit.k}>, row_major>`;
  return {
    // That subgroups go the same way is known here; to the language a subgroup's number is no such thing.
    directives: `enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
diagnostic(off, chromium_experimental.subgroup_matrix_uniformity);
`,
    vector: "vec4<f16>",
    gap,
    memory: `var<workgroup> unitSums: array<vec4<f32>, ${subgroups * ofUnit.size}>;`,
    builtins: ", @builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32",
    declare: `let across = subgroup % ${across}u;
  let down = subgroup / ${across}u;`,
    sums: lines(
      rows.flatMap((i) =>
        columns.map((j) => `var sum${i}_${j} = subgroup_matrix_result<f32, ${unit.n}, ${unit.m}>();`),
      ),
    ),
    sumNames: [],
    add: `for (var q = 0u; q < ${tile.k / unit.k}u; q++) {
${lines(columns.map((j) => `let b${j} = ${right}(&rightTile, ${rightOf(j)}, ${rightRow}u);`))}
${lines(
  rows.map((i) => {
    const sums = columns.map((j) => `sum${i}_${j} = subgroupMatrixMultiplyAccumulate(a, b${j}, sum${i}_${j});`);
    return `{ let a = ${left}(&leftTile, ${leftOf(i)}, ${leftRow}u); ${sums.join(" ")} }`;
  }),
)}
}`,
    // Which thread holds which element of a unit is the driver's secret.
    writeAll: (change, part) =>
      lines(
        rows.flatMap((i) =>
          columns.map(
            (j) => `subgroupMatrixStore<row_major>(&unitSums, subgroup * ${ofUnit.size}u, sum${i}_${j}, ${ofUnit.row}u);
workgroupBarrier();
for (var q = lane; q < ${ofUnit.size}u; q += ${unit.lanes}u) {
  let row = firstRow + down * ${tile.rows}u + ${i * unit.m}u + q / ${ofUnit.row}u;
  let column = firstColumn + across * ${tile.columns}u + ${j * unit.n}u + 4u * (q % ${ofUnit.row}u);
  if (row < ${m}u && column < ${n}u) { write(row, column, ${part}, ${change(`unitSums[subgroup * ${ofUnit.size}u + q]`)}); }
}
workgroupBarrier();`,
          ),
        ),
      ),
  };
}
