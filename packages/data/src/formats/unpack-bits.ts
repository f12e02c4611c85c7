/** Samples of less than a byte, or of 9 to 15 bits: the highest bit first, each row starting on a byte. */
export function unpackBits(packed: Uint8Array, perRow: number, rows: number, bits: number): Uint8Array | Uint16Array {
  const samples = bits < 8 ? new Uint8Array(perRow * rows) : new Uint16Array(perRow * rows);
  const rowBytes = Math.ceil((perRow * bits) / 8);
  const mask = 2 ** bits - 1;
  if (8 % bits === 0) {
    const perByte = 8 / bits;
    for (let y = 0; y < rows; y++) {
      const end = (y + 1) * perRow;
      let from = y * rowBytes;
      for (let to = y * perRow; to < end; from++) {
        const byte = packed[from] as number;
        const stop = Math.min(end, to + perByte);
        for (let shift = 8 - bits; to < stop; shift -= bits) samples[to++] = (byte >> shift) & mask;
      }
    }
    return samples;
  }
  for (let y = 0; y < rows; y++) {
    let [from, to] = [y * rowBytes, y * perRow];
    let [held, heldBits] = [0, 0];
    for (let i = 0; i < perRow; i++) {
      while (heldBits < bits) {
        held = ((held << 8) | (packed[from++] as number)) & 0xffffff;
        heldBits += 8;
      }
      heldBits -= bits;
      samples[to++] = (held >> heldBits) & mask;
    }
  }
  return samples;
}
