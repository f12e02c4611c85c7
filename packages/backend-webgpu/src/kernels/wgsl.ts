/** How many floats one thread takes at once: four lie side by side and are loaded in one go. */
export type Width = 1 | 4;

/** Four where `length` consecutive floats can be cut into fours. */
export function widthOf(length: number): Width {
  return length % 4 === 0 ? 4 : 1;
}

/** Names for the types of that width, so that the same code serves both: `V` of floats, `I` of whole numbers, `U` of bits, `B` of truths. */
export function vectors(width: Width): string {
  return width === 4
    ? "alias V = vec4<f32>;\nalias I = vec4<i32>;\nalias U = vec4<u32>;\nalias B = vec4<bool>;"
    : "alias V = f32;\nalias I = i32;\nalias U = u32;\nalias B = bool;";
}

/** Declares buffers by name and type of their elements: those that are read, then those that are written, as `Compute.run` binds them. */
export function storage(read: Readonly<Record<string, string>>, write: Readonly<Record<string, string>>): string {
  const declare =
    (access: string) =>
    ([name, type]: [string, string]) =>
      `var<storage, ${access}> ${name}: array<${type}>;`;
  const lines = [...Object.entries(read).map(declare("read")), ...Object.entries(write).map(declare("read_write"))];
  return lines.map((line, i) => `@group(0) @binding(${i}) ${line}`).join("\n");
}

/** A number as a constant of single precision. */
export function literal(value: number): string {
  return `${Math.fround(value)}f`;
}

/**
 * Functions that see NaN by its bits: WGSL lets a compiler take for granted that there is none, and `max(0, NaN)` be 0, so
 * that a training that has diverged would not be noticed.
 */
export const exactly = `
fn isNaN(x: V) -> B { return (bitcast<U>(x) & U(0x7fffffffu)) > U(0x7f800000u); }

/** max(0, x), or NaN. */
fn positivePart(x: V) -> V {
  let bits = bitcast<U>(x);
  return select(x, V(0), (bits >= U(0x80000000u)) & (bits <= U(0xff800000u)));
}

/** min(0, x), or NaN. */
fn negativePart(x: V) -> V { return select(x, V(0), bitcast<U>(x) <= U(0x7f800000u)); }
`;
