import { address, whole } from "./argument";
import { floatBytes, layAlong, rowOf, rowsPerBlock } from "./rows";
import { startOf } from "./share";

/**
 * One value for each channel added to every pixel. `values`: a row of them (see rows.ts).
 * @args x values y pixels channels
 */
export function addPerChannel(args: usize, part: i32, parts: i32): void {
  const x = address(args, 0);
  const values = address(args, 1);
  const toY = address(args, 2) - x;
  const pixels = whole(args, 3);
  const channels = whole(args, 4);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const rows = <i32>((<i64>pixels * channels) / row);
  const block = rowsPerBlock(row);
  const last = startOf(part + 1, parts, rows);
  for (let first = startOf(part, parts, rows); first < last; first += block) {
    const start = x + <usize>first * rowBytes;
    const end = start + <usize>min(block, last - first) * rowBytes;
    for (let place: usize = 0; place < rowBytes; place += 64) {
      const value0 = v128.load(values + place);
      const value1 = v128.load(values + place, 16);
      const value2 = v128.load(values + place, 32);
      const value3 = v128.load(values + place, 48);
      for (let from = start + place; from < end; from += rowBytes) {
        v128.store(from + toY, f32x4.add(v128.load(from), value0));
        v128.store(from + toY, f32x4.add(v128.load(from, 16), value1), 16);
        v128.store(from + toY, f32x4.add(v128.load(from, 32), value2), 32);
        v128.store(from + toY, f32x4.add(v128.load(from, 48), value3), 48);
      }
    }
  }
  if (part != parts - 1) return;
  const end = x + floatBytes(pixels * channels);
  let value = values;
  for (let from = x + <usize>rows * rowBytes; from < end; from += 4) {
    store<f32>(from + toY, load<f32>(from) + load<f32>(value));
    value += 4;
  }
}

/**
 * Such a row.
 * @args values channels row
 */
export function layChannels(args: usize): void {
  layAlong(address(args, 2), address(args, 0), whole(args, 1), whole(args, 1));
}

/**
 * Sums of two rows of floats.
 * @args a b sums count
 */
export function addEqual(args: usize, part: i32, parts: i32): void {
  const count = whole(args, 3);
  const first = address(args, 0);
  const toB = address(args, 1) - first;
  const toSums = address(args, 2) - first;
  let a = first + floatBytes(startOf(part, parts, count));
  const end = first + floatBytes(startOf(part + 1, parts, count));
  for (; a + 32 <= end; a += 32) {
    v128.store(a + toSums, f32x4.add(v128.load(a), v128.load(a + toB)));
    v128.store(a + toSums, f32x4.add(v128.load(a, 16), v128.load(a + toB, 16)), 16);
  }
  for (; a < end; a += 4) store<f32>(a + toSums, load<f32>(a) + load<f32>(a + toB));
}
