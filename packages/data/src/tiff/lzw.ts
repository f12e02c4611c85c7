const [clear, end, firstFree, full] = [256, 257, 258, 4096];

/**
 * LZW of TIFF 6.0 §13: the most significant bit first, and codes that grow one entry early. Data that begin as no such data
 * do are of the kind from before TIFF 6.0 (least significant bit first, codes that grow when they must), told apart as
 * libtiff does. A full table stays as it is until it is cleared. Throws an error that says what is wrong.
 */
export function unpackLzw(chunk: Uint8Array, length: number): Uint8Array {
  const isOld = chunk[0] === 0 && ((chunk[1] ?? 0) & 1) === 1;
  const out = new Uint8Array(length);
  // The string of a code is a piece of the output that it stood for first: where it ends, and how long it is.
  const ends = new Uint32Array(full);
  const lengths = new Uint32Array(full);
  const growsAt = isOld ? 0 : 1;
  let [next, bits, previous] = [firstFree, 9, clear];
  let [held, heldBits, from, to] = [0, 0, 0, 0];
  let isClear = false;
  while (to < length) {
    while (heldBits < bits) {
      if (from >= chunk.length) throw tooShort(to, length);
      const byte = chunk[from++] as number;
      held = isOld ? held | (byte << heldBits) : ((held << 8) | byte) & 0xffffff;
      heldBits += 8;
    }
    heldBits -= bits;
    let code: number;
    if (isOld) {
      code = held & ((1 << bits) - 1);
      held >>>= bits;
    } else code = (held >> heldBits) & ((1 << bits) - 1);
    if (code === end) throw tooShort(to, length);
    if (!isClear && code !== clear) throw new Error("LZW data that do not begin with a clear code");
    if (code === clear) {
      isClear = true;
      [next, bits, previous] = [firstFree, 9, clear];
      continue;
    }
    if (code > next || (previous === clear && code > clear)) throw new Error(`LZW code ${code} before it is defined`);
    const start = to;
    if (code < clear) out[to++] = code;
    else if (code < next) {
      const count = lengths[code] as number;
      const first = (ends[code] as number) - count;
      for (let i = 0; i < count; i++) out[to++] = out[first + i] as number;
    } else {
      // A code that is only now being defined: the previous string and that string's own first byte.
      const count = previous < clear ? 1 : (lengths[previous] as number);
      for (let i = 0; i < count; i++) out[to + i] = out[start - count + i] as number;
      out[to + count] = out[start - count] as number;
      to += count + 1;
    }
    if (previous !== clear && next < full) {
      // The previous string and the first byte of this one lie side by side in the output.
      ends[next] = start + 1;
      lengths[next] = (previous < clear ? 1 : (lengths[previous] as number)) + 1;
      next++;
      if (next === 2 ** bits - growsAt && bits < 12) bits++;
    }
    previous = code;
  }
  return out;
}

function tooShort(there: number, length: number): Error {
  return new Error(`a piece of the image has ${Math.min(there, length)} of ${length} bytes`);
}
