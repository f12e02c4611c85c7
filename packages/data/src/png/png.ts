import { InputError, type ProbabilityMap } from "@em-stellar/core";
import { encode } from "fast-png";
import { toUint16 } from "../probability.js";
import { decodePng } from "./decode-png.js";

/** A PNG of 8 bits (`Uint8Array`) or 16 bits (`Uint16Array`): grey (1 channel, the default), grey-alpha, RGB or RGBA. */
export function encodePng(image: {
  readonly width: number;
  readonly height: number;
  readonly channels?: number;
  readonly data: Uint8Array | Uint16Array;
}): Uint8Array {
  const { width, height, channels = 1, data } = image;
  return encode({ width, height, channels, data, depth: data instanceof Uint16Array ? 16 : 8 });
}

/** A probability map as a 16-bit grey PNG: exact where the map's maximum is 1 (0 and 1), 255 or 65535, else to within 1/131070. */
export function probabilityPng({ width, height, data, maximum }: ProbabilityMap): Uint8Array {
  if (data instanceof Uint16Array && maximum === 65535) return encodePng({ width, height, data });
  return encodePng({ width, height, data: toUint16(data, maximum) });
}

/** The probability map in a grey PNG: white is 1. Throws `InputError` naming the file where it is damaged or not grey. */
export function readProbabilityPng(bytes: Uint8Array, name: string): ProbabilityMap {
  const { width, height, channels, data, fullRange, palette } = decodePng(bytes, name);
  if (channels !== 1 || palette) {
    throw new InputError(`${name} is in colour; a probability map is a grey PNG of 8 or 16 bits.`);
  }
  return { width, height, data, maximum: fullRange };
}
