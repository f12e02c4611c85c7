import { InputError, type ProbabilityMap } from "@em-stellar/core";
import { decode, encode } from "fast-png";
import type { DecodedImage, ImagePage, PaletteColor } from "../decoded-image.js";
import { toUint16 } from "../probability.js";
import { refuseTransparency, withoutAlpha } from "../transparency.js";
import { unpackBits } from "../unpack-bits.js";

/** The size in a PNG's header; its pixels when asked. */
export function openPng(bytes: Uint8Array, name: string): ImagePage {
  if (bytes.length < 33) throw damaged(name, `it ends after ${bytes.length} bytes`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  const [depth, interlace] = [header.getUint8(24), header.getUint8(28)];
  if (width === 0 || height === 0) throw damaged(name, `its header says ${width} × ${height} pixels`);
  return {
    width,
    height,
    read() {
      if (interlace !== 0 && depth < 8) {
        throw new InputError(`${name} is an interlaced PNG of ${depth} bit. Save it without interlacing.`);
      }
      try {
        return readPng(bytes, name);
      } catch (error) {
        if (error instanceof InputError) throw error;
        throw damaged(name, error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function readPng(bytes: Uint8Array, name: string): DecodedImage {
  const { width, height, channels, depth, data, palette, transparency } = decode(bytes, { checkCrc: true });
  const fullRange = 2 ** depth - 1;
  const stored = depth < 8 ? unpackBits(data as Uint8Array, width, height, depth) : data;
  // fast-png gives clamped arrays to its encoder only; a decoded image is one of these two.
  const values = stored as Uint8Array | Uint16Array;

  if (palette) {
    const colors = palette.map(([red = 0, green = 0, blue = 0]): PaletteColor => [red, green, blue]);
    let hidden = 0;
    for (const index of values) {
      if (index >= colors.length) throw damaged(name, `index ${index} is outside its palette of ${colors.length}`);
      if ((palette[index]?.[3] ?? 255) < 255) hidden++;
    }
    if (hidden > 0) refuseTransparency(name, hidden, width * height);
    return { width, height, channels: 1, data: values, fullRange, palette: colors };
  }
  if (transparency) {
    let hidden = 0;
    for (let i = 0; i < values.length; i += channels) {
      if (transparency.every((value, c) => values[i + c] === value)) hidden++;
    }
    if (hidden > 0) refuseTransparency(name, hidden, width * height);
  }
  const hasAlpha = channels === 2 || channels === 4;
  return {
    width,
    height,
    channels: hasAlpha ? channels - 1 : channels,
    data: hasAlpha ? withoutAlpha(values, channels, fullRange, name) : values,
    fullRange,
  };
}

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
  const { width, height, channels, data, fullRange, palette } = openPng(bytes, name).read();
  if (channels !== 1 || palette) {
    throw new InputError(`${name} is in colour; a probability map is a grey PNG of 8 or 16 bits.`);
  }
  return { width, height, data, maximum: fullRange };
}

function damaged(name: string, problem: string): InputError {
  return new InputError(`${name} is a corrupt or truncated PNG (${problem}). Copy or export it again.`);
}
