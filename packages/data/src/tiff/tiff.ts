import { InputError, type ImagePage as PageFacts } from "@em-stellar/core";
import { decode, type TiffIfd } from "tiff";
import type { DecodedImage, ImagePage, PaletteColor } from "../decoded-image.js";
import { withoutAlpha } from "../transparency.js";
import { decompress, type Samples, sampleArray, unpack } from "./tiff-chunk.js";

/** A page with what its header says. */
type TiffPage = ImagePage & Pick<PageFacts, "channels" | "bits" | "sampleType" | "photometric">;

/** The pages of a TIFF and their sizes, thumbnails left out; the pixels of each when asked. */
export function openTiff(bytes: Uint8Array, name: string): TiffPage[] {
  const damaged = (problem: string) =>
    new InputError(`${name} is a corrupt or truncated TIFF (${problem}). Copy or export it again.`);
  const unsupported = (what: string) =>
    new InputError(`${name} is a TIFF with ${what}, which is not read here. Save it in Fiji as an uncompressed TIFF.`);
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw damaged(error instanceof Error ? error.message : String(error));
    }
  };
  return guarded(() => {
    const littleEndian = bytes[0] === 0x49;
    requireDirectories(bytes, littleEndian, unsupported, damaged);
    const pages = decode(bytes, { ignoreImageData: true }).filter((page) => ((page.newSubfileType ?? 0) & 1) === 0);
    return pages.map((page, index) => {
      const { width, height } = page;
      if (!(width > 0 && height > 0)) throw damaged(`page ${index + 1} is ${width} × ${height} pixels`);
      const pageName = pages.length > 1 ? `${name} (page ${index + 1})` : name;
      const photometric = (["white-is-zero", "black-is-zero", "rgb", "palette"] as const)[page.type ?? 1];
      return {
        width,
        height,
        channels: page.type === 2 ? 3 : 1,
        bits: page.bitsPerSample ?? 1,
        sampleType: (["uint", "int", "float"] as const)[(page.sampleFormat ?? 1) - 1] ?? "uint",
        photometric: photometric ?? "black-is-zero",
        read: () => guarded(() => readPage(bytes, littleEndian, page, pageName, unsupported)),
      };
    });
  });
}

/** Follows the chain of page directories: a damaged one can point anywhere, even back to itself. */
function requireDirectories(
  bytes: Uint8Array,
  littleEndian: boolean,
  unsupported: (what: string) => InputError,
  damaged: (problem: string) => InputError,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint16(2, littleEndian);
  if (magic === 43) throw unsupported("64-bit offsets (BigTIFF)");
  if (magic !== 42) throw damaged(`42 should stand where ${magic} does`);
  const seen = new Set<number>();
  let offset = view.getUint32(4, littleEndian);
  if (offset === 0) throw damaged("it has no page");
  while (offset !== 0) {
    if (seen.has(offset)) throw damaged("its pages form a circle");
    seen.add(offset);
    const entries = view.getUint16(offset, littleEndian);
    offset = view.getUint32(offset + 2 + 12 * entries, littleEndian);
  }
}

/**
 * The library reads the tags; pixels are read here, because version 7 misreads tiles of more than one channel, tiles with a
 * predictor, planes stored one after another and signed numbers, and refuses LZW tables that stay full.
 */
function readPage(
  bytes: Uint8Array,
  littleEndian: boolean,
  page: TiffIfd,
  name: string,
  unsupported: (what: string) => InputError,
): DecodedImage {
  const { width, height, samplesPerPixel, compression, predictor, sampleFormat, tiled } = page;
  const photometric = page.type ?? 1;
  const bits = page.bitsPerSample ?? 1;
  if (photometric > 3) throw unsupported(`colours other than grey, RGB or a palette (photometric ${photometric})`);
  if (page.orientation && page.orientation !== 1) throw unsupported(`turned pixels (orientation ${page.orientation})`);
  if (page.fillOrder !== 1) throw unsupported("bits in reverse order");
  if (sampleFormat > 3 || ![1, 2, 4, 8, 16, 32, 64].includes(bits) || (bits === 64 && sampleFormat !== 3)) {
    throw unsupported(`${bits}-bit samples of format ${sampleFormat}`);
  }
  if (bits < 8 && samplesPerPixel > 1) throw unsupported(`${samplesPerPixel} channels of ${bits} bit`);

  const planes = page.planarConfiguration === 2 ? samplesPerPixel : 1;
  const perPixel = samplesPerPixel / planes;
  const chunkWidth = tiled ? (page.tileWidth as number) : width;
  const chunkHeight = tiled ? (page.tileHeight as number) : Math.min(page.rowsPerStrip, height);
  if (!(chunkWidth > 0 && chunkHeight > 0)) throw new Error(`its pieces are ${chunkWidth} × ${chunkHeight} pixels`);
  const [across, down] = [Math.ceil(width / chunkWidth), Math.ceil(height / chunkHeight)];
  const offsets = tiled ? page.tileOffsets : page.stripOffsets;
  const counts = tiled ? page.tileByteCounts : page.stripByteCounts;
  const chunkCount = across * down * planes;
  if (!offsets || offsets.length < chunkCount) {
    throw new Error(`${offsets?.length ?? 0} of ${chunkCount} pieces of the image are there`);
  }

  const samples = sampleArray(bits, sampleFormat, width * height * samplesPerPixel);
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const plane = Math.floor(chunk / (across * down));
    const left = (chunk % across) * chunkWidth;
    const top = (Math.floor(chunk / across) % down) * chunkHeight;
    // A tile is stored whole even where it hangs over the edge; the last strip is not.
    const rows = tiled ? chunkHeight : Math.min(chunkHeight, height - top);
    const rowBytes = Math.ceil((chunkWidth * perPixel * bits) / 8);
    const start = offsets[chunk] as number;
    const count = counts?.[chunk] ?? rowBytes * rows;
    if (start + count > bytes.length) throw new Error(`it ends at byte ${bytes.length}, before ${start + count}`);
    const raw = decompress(bytes.subarray(start, start + count), compression, rowBytes * rows, unsupported);
    const values = unpack(
      raw,
      { width: chunkWidth, rows, perPixel, bits, sampleFormat, predictor, littleEndian },
      unsupported,
    );

    const visibleRows = Math.min(rows, height - top);
    const visibleColumns = Math.min(chunkWidth, width - left);
    for (let y = 0; y < visibleRows; y++) {
      for (let x = 0; x < visibleColumns; x++) {
        const to = ((top + y) * width + left + x) * samplesPerPixel + plane;
        const from = (y * chunkWidth + x) * perPixel;
        for (let s = 0; s < perPixel; s++) samples[to + s] = values[from + s] as number;
      }
    }
  }
  return asImage(samples, page, bits, photometric, name, unsupported);
}

function asImage(
  samples: Samples,
  { width, height, samplesPerPixel, sampleFormat, palette }: TiffIfd,
  bits: number,
  photometric: number,
  name: string,
  unsupported: (what: string) => InputError,
): DecodedImage {
  const isFloat = sampleFormat === 3;
  const fullRange = isFloat ? 1 : sampleFormat === 2 ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  let data = asRasterData(samples, sampleFormat);
  if (photometric === 0) data = data.map((value) => fullRange - value); // white is zero
  let channels = samplesPerPixel;
  const colors = photometric === 2 ? 3 : 1;
  if (channels === colors + 1) {
    data = withoutAlpha(data, channels, fullRange, name);
    channels = colors;
  }
  if (channels !== colors) throw unsupported(`${samplesPerPixel} channels`);
  if (photometric !== 3) return { width, height, channels, data, fullRange };
  if (!palette) throw new Error("its palette is missing");
  // A TIFF palette has 16 bits for each colour; some writers scale by 256, some by 257.
  const eightBit = palette.map(([red, green, blue]): PaletteColor => [red >> 8, green >> 8, blue >> 8]);
  return { width, height, channels, data, fullRange, palette: eightBit };
}

function asRasterData(samples: Samples, sampleFormat: number): Uint8Array | Uint16Array | Float32Array {
  if (sampleFormat === 2) {
    if (samples instanceof Uint8Array) return Float32Array.from(new Int8Array(samples.buffer));
    if (samples instanceof Uint16Array) return Float32Array.from(new Int16Array(samples.buffer));
    return Float32Array.from(new Int32Array(samples.buffer));
  }
  if (samples instanceof Uint32Array || samples instanceof Float64Array) return Float32Array.from(samples);
  return samples;
}
