/**
 * WGSL of a function that reads four elements, one after the other in memory, of a buffer that is bound as vectors of four
 * where `along`, the length that they run along, divides by four, and else as single numbers.
 */
export function isInVectors(along: number): boolean {
  return along % 4 === 0;
}

export function elementType(along: number): "vec4<f32>" | "f32" {
  return isInVectors(along) ? "vec4<f32>" : "f32";
}

/** `fn right(k, n)` of a product whose right factor is the matrix `buffer`, [terms, columns], as it is in memory. */
export function readMatrix(buffer: string, terms: number, columns: number): string {
  const one = (i: number) =>
    `select(0.0, ${buffer}[select(0u, at + ${i}u, inside & (n + ${i}u < ${columns}u))], inside & (n + ${i}u < ${columns}u))`;
  const value = isInVectors(columns)
    ? `select(vec4<f32>(), ${buffer}[select(0u, at / 4u, inside)], inside)`
    : `vec4<f32>(${[0, 1, 2, 3].map(one).join(", ")})`;
  return `
fn right(k: u32, n: u32) -> vec4<f32> {
  let inside = (k < ${terms}u) & (n < ${columns}u); // without the branches of &&
  let at = k * ${columns}u + n;
  return ${value};
}`;
}

/** Writes `values` into a row of the matrix `buffer`, [rows, columns]. `at` is the index of the first, of which there are fewer than four at the end of a row. */
export function writeRow(buffer: string, columns: number): string {
  if (isInVectors(columns)) return `${buffer}[at / 4u] = values;`;
  const each = [0, 1, 2, 3].map((i) => `if (n + ${i}u < ${columns}u) { ${buffer}[at + ${i}u] = values[${i}]; }`);
  return each.join("\n  ");
}
