const [clear, end, firstFree, full] = [256, 257, 258, 4096];

/** No string is longer. */
const longest = full;

/**
 * LZW of TIFF 6.0 §13: the most significant bit first, and codes that grow one entry early. Data that begin as no such data
 * do are of the kind from before TIFF 6.0 (least significant bit first, codes that grow when they must), told apart as
 * libtiff does. A full table stays as it is until it is cleared. Throws an error that says what is wrong.
 */
export function unpackLzw(chunk: Uint8Array, length: number): Uint8Array {
  const isOld = chunk[0] === 0 && ((chunk[1] ?? 0) & 1) === 1;
  const growsAt = isOld ? 0 : 1;
  // A code is read as three bytes together, of which the last two may lie behind the data.
  const bytes = new Uint8Array(chunk.length + 2);
  bytes.set(chunk);
  const bitsThere = 8 * chunk.length;

  // The string of a code is a piece of the output that it stood for first: where it begins, and how long it is. Before the
  // output stand the 256 bytes, as the strings of their own codes; behind it is room for the last string, and for the
  // four bytes that are copied of each.
  const out = new Uint8Array(clear + length + longest + 4);
  const starts = new Uint32Array(full + 1);
  const lengths = new Uint16Array(full + 1);
  for (let byte = 0; byte < clear; byte++) {
    out[byte] = byte;
    starts[byte] = byte;
    lengths[byte] = 1;
  }
  const last = clear + length;
  let to = clear;
  let [at, bits, mask] = [0, 9, 511];
  let next = -1; // the newest code, whose string is the one before with the first byte of the one to come; none before the first clear code
  while (to < last) {
    const first = at >> 3;
    const three = isOld
      ? (bytes[first] as number) | ((bytes[first + 1] as number) << 8) | ((bytes[first + 2] as number) << 16)
      : ((bytes[first] as number) << 16) | ((bytes[first + 1] as number) << 8) | (bytes[first + 2] as number);
    const code = (isOld ? three >> (at & 7) : three >> (24 - (at & 7) - bits)) & mask;
    at += bits;
    if (at > bitsThere) throw tooShort(to - clear, length);
    if (code === end) throw tooShort(to - clear, length);
    if (code === clear) {
      [next, bits, mask] = [firstFree - 1, 9, 511];
      continue;
    }
    if (next < 0) throw new Error("LZW data that do not begin with a clear code");
    if (code > next) throw new Error(`LZW code ${code} before it is defined`);
    // The newest code's own string overlaps what is written: byte by byte, in this order.
    const from = starts[code] as number;
    const count = lengths[code] as number;
    out[to] = out[from] as number;
    out[to + 1] = out[from + 1] as number;
    out[to + 2] = out[from + 2] as number;
    out[to + 3] = out[from + 3] as number;
    for (let i = 4; i < count; i++) out[to + i] = out[from + i] as number;
    if (next < full) {
      next++;
      if (next === mask + 1 - growsAt && bits < 12) {
        bits++;
        mask = 2 * mask + 1;
      }
      starts[next] = to;
      lengths[next] = count + 1;
    }
    to += count;
  }
  return out.subarray(clear, last);
}

function tooShort(there: number, length: number): Error {
  return new Error(`a piece of the image has ${Math.min(there, length)} of ${length} bytes`);
}
