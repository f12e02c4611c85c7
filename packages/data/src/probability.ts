/** Probabilities, `value / maximum`, as they are stored in 16 bits: 65535 is 1. Exact to within 1/131070. */
export function toUint16(data: ArrayLike<number>, maximum = 1): Uint16Array {
  const stored = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const probability = Math.min(1, Math.max(0, (data[i] as number) / maximum));
    // Half rounds down: exactly 0.5 stays background under "above 0.5".
    stored[i] = Math.ceil(probability * 65535 - 0.5);
  }
  return stored;
}
