import { InputError } from "./errors.js";
import type { ProbabilityMap } from "./raster.js";

/** The element types of a map, and the largest value that each can hold. */
const largest: Readonly<Record<string, number>> = {
  Uint8Array: 2 ** 8 - 1,
  Uint16Array: 2 ** 16 - 1,
  Float32Array: 3.4e38,
};

/**
 * Throws `InputError` unless a map can be understood: an array of a known type with one value for each pixel, a maximum that
 * its type can hold, a threshold that is a probability, and a number at one pixel at least. `what` begins the message:
 * `The prediction`.
 */
export function requireMap(what: string, map: ProbabilityMap): void {
  const { width, height, data, maximum, threshold, instances } = map;
  for (const [side, length] of Object.entries({ width, height })) {
    if (!(Number.isInteger(length) && length > 0))
      throw new InputError(`${what} has a ${side} of ${shown(length)}. It needs a whole number of pixels, 1 or more.`);
  }
  const type = typeOf(data);
  const most = largest[type];
  if (most === undefined) {
    throw new InputError(
      `${what} has ${type === "Array" ? "a plain array" : `data of type ${type}`}. A map holds a Uint8Array, a Uint16Array or a Float32Array: for probabilities, Float32Array.from(data) with maximum 1.`,
    );
  }
  if (data.length !== width * height) {
    throw new InputError(
      `${what} has ${data.length} values for ${width} × ${height} pixels. A map holds one value for each pixel: take one channel of a colour image.`,
    );
  }
  if (!(typeof maximum === "number" && maximum > 0 && maximum <= most)) {
    throw new InputError(
      `${what} has a maximum of ${shown(maximum)}. It needs the value that stands for probability 1, above 0 and at most ${type === "Float32Array" ? "3.4e38" : most} for a ${type}: 1 for masks of 0 and 1 and for probabilities, 255 or 65535 for greys.`,
    );
  }
  if (threshold !== undefined && !(typeof threshold === "number" && threshold >= 0 && threshold <= 1)) {
    throw new InputError(
      `${what} has a threshold of ${shown(threshold)}. It needs a probability between 0 and 1: for a grey value, divide it by the maximum, ${maximum}.`,
    );
  }
  if (instances !== undefined && (typeOf(instances) !== "Uint32Array" || instances.length !== width * height)) {
    throw new InputError(
      `${what} has instances of type ${typeOf(instances)} with ${shown(instances?.length)} numbers for ${width} × ${height} pixels. They need a Uint32Array with one number for each pixel.`,
    );
  }
  const stray = instances?.findIndex((number, i) => (number !== 0) !== (data[i] as number) > maximum / 2) ?? -1;
  if (instances && stray >= 0) {
    throw new InputError(
      `${what} has the object number ${instances[stray]} where its value is ${data[stray]} of ${maximum} (x = ${stray % width}, y = ${Math.floor(stray / width)}). Numbers are not 0 just where the mask is object.`,
    );
  }
  if (data.every(Number.isNaN)) {
    throw new InputError(
      `${what} is NaN, not a number, at every pixel. What made it has failed: a training that diverged, or a division by 0.`,
    );
  }
}

/** `Uint8Array`, also of an array that comes from another realm; `Array` for a plain one. */
function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}
