import { InputError, type PaletteColor, type PixelSize } from "@em-stellar/core";

/** How the pixels of a PNG are stored. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colour: "grey" | "rgb" | "palette" | "grey-alpha" | "rgb-alpha";
  readonly isInterlaced: boolean;
}

/** Samples of a pixel. */
export const samplesOfColour = { grey: 1, rgb: 3, palette: 1, "grey-alpha": 2, "rgb-alpha": 4 } as const;

/** By the number in the header: the colours, and the depths that are allowed for them (ISO/IEC 15948 §11.2.2). */
const colours: Readonly<Record<number, readonly [PngHeader["colour"], readonly number[]]>> = {
  0: ["grey", [1, 2, 4, 8, 16]],
  2: ["rgb", [8, 16]],
  3: ["palette", [1, 2, 4, 8]],
  4: ["grey-alpha", [8, 16]],
  6: ["rgb-alpha", [8, 16]],
};

/** The bytes that a file begins with. */
export const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** One chunk of a file. */
export interface Chunk {
  readonly type: string;
  /** Byte at which its data begin. */
  readonly at: number;
  readonly length: number;
}

/** The chunk that begins at a byte, from its first 8 bytes. Throws `InputError` where none does, or none whole but for pixels. */
export function chunkAt(at: number, start: Uint8Array, size: number, name: string): Chunk {
  if (start.length < 8) throw damagedPng(name, `it ends after ${size} bytes`);
  const length = new DataView(start.buffer, start.byteOffset, 8).getUint32(0);
  const type = String.fromCharCode(...start.subarray(4, 8));
  if (!/^[A-Za-z]{4}$/.test(type)) throw damagedPng(name, `no chunk begins at byte ${at}`);
  if (at + 12 + length > size && type !== "IDAT")
    throw damagedPng(name, `it ends after ${size} bytes, within its ${type} chunk`);
  return { type, at: at + 8, length };
}

/** Reads the data of the first chunk. Throws `InputError` for what no PNG may say. */
export function readHeader(data: Uint8Array, name: string): PngHeader {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (data.length !== 13) throw damagedPng(name, `its header has ${data.length} bytes instead of 13`);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  if (width === 0 || height === 0) throw damagedPng(name, `its header says ${width} × ${height} pixels`);
  const [depth = 0, colour = 0, compression = 0, filter = 0, interlace = 0] = data.subarray(8);
  const [kind, depths] = colours[colour] ?? [];
  if (!kind || !depths?.includes(depth))
    throw damagedPng(name, `its header says ${depth} bits of colour type ${colour}`);
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw damagedPng(name, `its header says compression ${compression}, filter ${filter}, interlacing ${interlace}`);
  }
  return { width, height, depth, colour: kind, isInterlaced: interlace === 1 };
}

/** Reads the data of the palette's chunk. */
export function readPalette(data: Uint8Array, name: string): PaletteColor[] {
  if (data.length === 0 || data.length % 3 !== 0 || data.length > 768) {
    throw damagedPng(name, `its palette has ${data.length} bytes`);
  }
  return Array.from({ length: data.length / 3 }, (_, i): PaletteColor => {
    const [red = 0, green = 0, blue = 0] = data.subarray(3 * i);
    return [red, green, blue];
  });
}

/** Reads the data of a chunk that tells the size of pixels, where it does so in metres. */
export function readPixelSize(data: Uint8Array): PixelSize | undefined {
  if (data.length !== 9 || data[8] !== 1) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, 9);
  const [across, down] = [view.getUint32(0), view.getUint32(4)];
  return across > 0 && down > 0 ? { x: 1e6 / across, y: 1e6 / down, unit: "µm" } : undefined;
}

/** A PNG whose bytes contradict each other or are missing. */
export function damagedPng(name: string, problem: string): InputError {
  return new InputError(`${name} is a corrupt or truncated PNG (${problem}). Copy or export it again.`);
}
