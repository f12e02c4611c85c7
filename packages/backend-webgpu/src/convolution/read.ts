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

/** `fn name(at: u32, inside: bool)`: the element of `buffer` there, or zero. Without a branch: all reads of a thread are then under way together. */
export function readElement(name: string, buffer: string, along: number): string {
  const [zero, index] = isInVectors(along) ? ["vec4<f32>()", "at / 4u"] : ["0.0", "at"];
  return `fn ${name}(at: u32, inside: bool) -> ${elementType(along)} {
  return select(${zero}, ${buffer}[select(0u, ${index}, inside)], inside);
}`;
}

/** WGSL of four numbers that follow each other along so many: as a vector, or from elements at `offset` 0 to 3. */
export function fourElements(along: number, element: (offset: string) => string): string {
  if (isInVectors(along)) return element("0u");
  return `vec4<f32>(${[0, 1, 2, 3].map((i) => element(`${i}u`)).join(", ")})`;
}

/** `fn right(k, n)` of a product whose right factor is the matrix `buffer`, [terms, columns], as it is in memory; `row`: WGSL of the row for k, if another one. */
export function readMatrix(buffer: string, terms: number, columns: number, row = "k"): string {
  const one = (i: number) =>
    `select(0.0, ${buffer}[select(0u, at + ${i}u, inside & (n + ${i}u < ${columns}u))], inside & (n + ${i}u < ${columns}u))`;
  const value = isInVectors(columns)
    ? `select(vec4<f32>(), ${buffer}[select(0u, at / 4u, inside)], inside)`
    : `vec4<f32>(${[0, 1, 2, 3].map(one).join(", ")})`;
  return `
fn right(k: u32, n: u32) -> vec4<f32> {
  let row = ${row};
  let inside = (row < ${terms}u) & (n < ${columns}u); // without the branches of &&
  let at = row * ${columns}u + n;
  return ${value};
}`;
}

/** Writes `values` into a row of the matrix `buffer`, [rows, columns]. `at` is the index of the first, of which there are fewer than four at the end of a row. */
export function writeRow(buffer: string, columns: number): string {
  if (isInVectors(columns)) return `${buffer}[at / 4u] = values;`;
  const each = [0, 1, 2, 3].map((i) => `if (n + ${i}u < ${columns}u) { ${buffer}[at + ${i}u] = values[${i}]; }`);
  return each.join("\n  ");
}
