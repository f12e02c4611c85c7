/**
 * Writes a matrix [length, channels] as `channels` lines of `length` values, `lineLength` apart, the first at `to`.
 * Values move as 32-bit words, which costs no conversion.
 */
export function transpose(
  source: Int32Array,
  from: number,
  length: number,
  channels: number,
  lines: Int32Array,
  to: number,
  lineLength: number,
): void {
  let channel = 0;
  // Four channels at a time: each read of memory serves four lines.
  for (; channel + 4 <= channels; channel += 4) {
    const line0 = to + channel * lineLength;
    const line1 = line0 + lineLength;
    const line2 = line1 + lineLength;
    const line3 = line2 + lineLength;
    let pixel = from + channel;
    for (let i = 0; i < length; i++) {
      lines[line0 + i] = source[pixel] as number;
      lines[line1 + i] = source[pixel + 1] as number;
      lines[line2 + i] = source[pixel + 2] as number;
      lines[line3 + i] = source[pixel + 3] as number;
      pixel += channels;
    }
  }
  for (; channel < channels; channel++) {
    const line = to + channel * lineLength;
    let pixel = from + channel;
    for (let i = 0; i < length; i++) {
      lines[line + i] = source[pixel] as number;
      pixel += channels;
    }
  }
}
