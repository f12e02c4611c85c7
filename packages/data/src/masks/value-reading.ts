import { InputError, type ProbabilityMap } from "@em-stellar/core";
import { instanceNumbers } from "./instance-numbers.js";
import { turnNumber } from "./polarity.js";
import type { StoredValues } from "./stored-values.js";

/** How the stored numbers of one file become a probability map. Plain data. */
export interface ValueReading {
  /** The numbers are inverted first. */
  readonly turned: boolean;
  /** The numbers that mean object; every number but 0; or the number that means certainly object. */
  readonly object: readonly number[] | "nonzero" | { readonly white: number };
  /** Pixels of this number count nowhere. */
  readonly ignore: number | null;
}

/**
 * The probability map of one image. Pixels of the ignored value are marked in `ignored`; objects that the file numbers are
 * told apart in `instances`. Throws `InputError` where every pixel is ignored.
 */
export function readValues(values: StoredValues, reading: ValueReading, name: string): ProbabilityMap {
  const { turned, object, ignore } = reading;
  const data = turned ? turnedOver(values) : values.data;
  const { width, height } = values;
  const ignored = ignore === null ? undefined : Uint8Array.from(data, (value) => +(value === ignore));
  if (ignored && !ignored.includes(0)) {
    throw new InputError(`${name} holds nothing but ${ignore}, the value to ignore. Leave the image out.`);
  }
  const isIgnored = (i: number) => ignored?.[i] === 1;
  const marks = ignored?.includes(1) ? { ignored } : {};
  if (typeof object === "object" && "white" in object) {
    const { white } = object;
    const greys = data instanceof Uint32Array ? Float32Array.from(data) : data; // only labels have to stay whole
    const scaled = ignored ? greys.map((value, i) => (isIgnored(i) ? 0 : value)) : greys;
    const floats = scaled instanceof Float32Array && white === 1;
    return {
      width,
      height,
      data: floats && scaled.some((value) => value < 0 || value > 1) ? scaled.map(clamp) : scaled,
      maximum: white,
      ...marks,
    };
  }
  const labels = object === "nonzero" ? undefined : new Set(object);
  const isObject = (i: number) => {
    const value = data[i] as number;
    return !isIgnored(i) && (labels ? labels.has(value) : value !== 0);
  };
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = +isObject(i);
  const instances = instanceNumbers(data, mask, width, height);
  return { width, height, data: mask, maximum: 1, ...marks, ...(instances && { instances }) };
}

function turnedOver(values: StoredValues): StoredValues["data"] {
  const turn = turnNumber(values);
  return values.palette ? Uint8Array.from(values.data, turn) : values.data.map(turn);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
