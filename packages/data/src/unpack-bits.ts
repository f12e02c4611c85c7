/** One value for each pixel from rows of 1, 2 or 4 bits, most significant first, each row starting on a byte. */
export function unpackBits(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const values = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const bytesPerRow = Math.ceil(width / perByte);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = packed[y * bytesPerRow + Math.floor(x / perByte)] as number;
      const shift = 8 - depth * ((x % perByte) + 1);
      values[y * width + x] = (byte >> shift) & (2 ** depth - 1);
    }
  }
  return values;
}
