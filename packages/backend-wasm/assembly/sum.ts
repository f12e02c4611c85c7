import { address, whole } from "./argument";
import { addDouble, addFour, doubleAt, floatBytes, foldRow, gatherParts, rowOf, rowsPerBlock } from "./rows";
import { startOf } from "./share";

/**
 * Sums per channel, in single precision for some rows at a time and beyond that in double precision.
 * `memory`: a row of doubles for each part.
 * @args x pixels channels memory
 */
export function sumPerChannel(args: usize, part: i32, parts: i32): void {
  const x = address(args, 0);
  const pixels = whole(args, 1);
  const channels = whole(args, 2);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const sums = address(args, 3) + <usize>part * (rowBytes << 1);
  memory.fill(sums, 0, rowBytes << 1);
  const rows = <i32>((<i64>pixels * channels) / row);
  const block = rowsPerBlock(row);
  const last = startOf(part + 1, parts, rows);
  for (let first = startOf(part, parts, rows); first < last; first += block) {
    const start = x + <usize>first * rowBytes;
    const end = start + <usize>min(block, last - first) * rowBytes;
    for (let place: usize = 0; place < rowBytes; place += 64) {
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      for (let from = start + place; from < end; from += rowBytes) {
        sum0 = f32x4.add(sum0, v128.load(from));
        sum1 = f32x4.add(sum1, v128.load(from, 16));
        sum2 = f32x4.add(sum2, v128.load(from, 32));
        sum3 = f32x4.add(sum3, v128.load(from, 48));
      }
      const to = sums + (place << 1);
      addFour(to, sum0);
      addFour(to + 32, sum1);
      addFour(to + 64, sum2);
      addFour(to + 96, sum3);
    }
  }
  if (part != parts - 1) return;
  const rest = x + <usize>rows * rowBytes;
  const restCount = pixels * channels - rows * row;
  for (let i = 0; i < restCount; i++) addDouble(sums, i, load<f32>(rest + floatBytes(i)));
}

/**
 * The sums of all parts, divided.
 * @args memory parts channels sums divisor
 */
export function sumFinish(args: usize): void {
  const sums = address(args, 0);
  const channels = whole(args, 2);
  const out = address(args, 3);
  const divisor = load<f64>(args + 32);
  const row = rowOf(channels);
  gatherParts(sums, row, floatBytes(row) << 1, whole(args, 1));
  foldRow(sums, channels);
  for (let channel = 0; channel < channels; channel++) {
    store<f32>(out + floatBytes(channel), <f32>(doubleAt(sums, channel) / divisor));
  }
}
