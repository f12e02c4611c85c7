import { InputError, type StoredData } from "@em-stellar/core";
import type { Samples } from "./samples.js";

/** The largest whole number up to which 32-bit floats hold every one. */
const largestExact = 2 ** 24;

/**
 * The stored numbers as arrays that images come in. Whole numbers of up to 16 bits stay as they are; all others become
 * 32-bit floats, or stay whole where floats would make different ones equal. Throws `InputError` for numbers that neither holds.
 */
export function toStoredData(samples: Samples, bits: number, type: "uint" | "int" | "float", name: string): StoredData {
  if (type === "float") return floats(samples, name);
  if (samples instanceof BigUint64Array) {
    return fromWide(type === "int" ? new BigInt64Array(samples.buffer) : samples, name);
  }
  const { buffer, byteOffset, length } = samples;
  if (type === "int") {
    if (bits === 8) return Float32Array.from(new Int8Array(buffer, byteOffset, length));
    if (bits === 16) return Float32Array.from(new Int16Array(buffer, byteOffset, length));
    return fromWhole(new Int32Array(buffer, byteOffset, length), name);
  }
  return samples instanceof Uint32Array ? fromWhole(samples, name) : samples;
}

function fromWhole(values: Uint32Array | Int32Array, name: string): Float32Array | Uint32Array {
  let [lowest, highest] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  return narrowed(values, lowest, highest, name);
}

function fromWide(values: BigUint64Array | BigInt64Array, name: string): Float32Array | Uint32Array {
  let [lowest, highest] = [0n, 0n];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as bigint;
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  requireRange(Number(lowest), Number(highest), name);
  return narrowed(Float64Array.from(values, Number), Number(lowest), Number(highest), name);
}

function narrowed(
  values: Uint32Array | Int32Array | Float64Array,
  lowest: number,
  highest: number,
  name: string,
): Float32Array | Uint32Array {
  if (lowest >= -largestExact && highest <= largestExact) return Float32Array.from(values);
  requireRange(lowest, highest, name);
  return Uint32Array.from(values);
}

function requireRange(lowest: number, highest: number, name: string): void {
  if ((lowest >= -largestExact && highest <= largestExact) || (lowest >= 0 && highest < 2 ** 32)) return;
  throw new InputError(
    `${name} holds whole numbers from ${lowest} to ${highest}, and only those from 0 to ${2 ** 32 - 1} can be told apart here. If they are labels, number them again from 1 (skimage.segmentation.relabel_sequential) and save them as 32-bit unsigned numbers; if they are greys, save them as 32-bit floats.`,
  );
}

function floats(samples: Samples, name: string): StoredData {
  const { buffer, byteOffset, length } = samples;
  if (samples instanceof Uint16Array) return fromHalf(samples);
  if (samples instanceof Uint32Array) return new Float32Array(buffer, byteOffset, length);
  return fromDouble(new Float64Array(buffer, byteOffset, length), name);
}

function fromDouble(values: Float64Array, name: string): StoredData {
  const rounded = Float32Array.from(values);
  let [areWhole, lowest, highest] = [true, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value) && !Number.isFinite(rounded[i])) {
      throw new InputError(
        `${name} holds numbers as large as ${value}, and 32-bit floats end at 3.4e38. Divide the image by a constant and save it again.`,
      );
    }
    if (!Number.isInteger(value)) areWhole = false;
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  return areWhole ? narrowed(values, lowest, highest, name) : rounded;
}

/** IEEE 754 binary16. */
function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    const size =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent < 31
          ? (1024 + fraction) * 2 ** (exponent - 25)
          : fraction === 0
            ? Number.POSITIVE_INFINITY
            : Number.NaN;
    values[i] = half & 0x8000 ? -size : size;
  }
  return values;
}
