import { elementType, isInVectors } from "./read.js";

/** Images [batch, height, width, channels] from which a product's left factor is gathered. */
export interface Gathered {
  /** Name of the buffer in WGSL. */
  readonly buffer: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Only every so many places of a window meet a pixel; [1, 1] where all do. */
  readonly spacing: readonly [down: number, across: number];
}

/** Of a place that is in no image; the sum of two such is none either. */
export const nowhere = -0x20000000;

/**
 * WGSL that reads four elements of the left factor. An element is found by two positions, one along the factor's rows and one
 * along its columns, whose sums are where it is: `position(at, y, x)`, where `at` counts elements (with a spacing: pixels in
 * the one that tells the image, channels in the one that tells the channel). Four at a time, along the channels: where these do
 * not divide by four, the side that they run along needs a position for each.
 */
export function gatherCode(images: Gathered, along: "terms" | "rows"): string {
  const { buffer, height, width, channels, spacing } = images;
  const [down, across] = spacing;
  const isSpaced = down > 1 || across > 1;
  const place = isSpaced
    ? `
  let down = a.y + b.y;
  let across = a.x + b.x;
  let y = down / ${down};
  let x_ = across / ${across};
  let inside = (down >= 0) & (across >= 0) & (y < ${height}) & (x_ < ${width}) & (y * ${down} == down) & (x_ * ${across} == across);
  let at = (a.at + y * ${width} + x_) * ${channels} + b.at;`
    : `
  let inside = (u32(a.y + b.y) < ${height}u) & (u32(a.x + b.x) < ${width}u); // what is negative becomes large
  let at = a.at + b.at;`;
  const isVector = isInVectors(channels);
  const zero = isVector ? "vec4<f32>()" : "0.0";
  // Without the branches of && and if: all reads of a thread are then under way together.
  const one = `
struct Position { at: i32, y: i32, x: i32 }
fn one(a: Position, b: Position) -> ${elementType(channels)} {${place}
  return select(${zero}, ${buffer}[select(0, ${isVector ? "at / 4" : "at"}, inside)], inside);
}`;
  if (isVector) {
    return `${one}
alias Row = Position;
alias Term = Position;
fn findRow(m: u32) -> Position { return rowPosition(m); }
fn findTerm(k: u32) -> Position { return termPosition(k); }
fn left(row: Position, term: Position) -> vec4<f32> { return one(row, term); }`;
  }
  const four = (name: string, i: string) =>
    `array<Position, 4>(${[0, 1, 2, 3].map((offset) => `${name}(${i} + ${offset}u)`).join(", ")})`;
  const ones = (pair: (i: number) => string) => `vec4<f32>(${[0, 1, 2, 3].map((i) => `one(${pair(i)})`).join(", ")})`;
  return along === "terms"
    ? `${one}
alias Row = Position;
alias Term = array<Position, 4>;
fn findRow(m: u32) -> Row { return rowPosition(m); }
fn findTerm(k: u32) -> Term { return ${four("termPosition", "k")}; }
fn left(row: Row, term: Term) -> vec4<f32> { return ${ones((i) => `row, term[${i}]`)}; }`
    : `${one}
alias Row = array<Position, 4>;
alias Term = Position;
fn findRow(m: u32) -> Row { return ${four("rowPosition", "m")}; }
fn findTerm(k: u32) -> Term { return termPosition(k); }
fn left(row: Row, term: Term) -> vec4<f32> { return ${ones((i) => `row[${i}], term`)}; }`;
}
