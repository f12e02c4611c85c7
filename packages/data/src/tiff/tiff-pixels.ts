import { type ByteSource, type DecodedImage, type ImageWindow, InputError } from "@em-stellar/core";
import { blockBytes } from "../formats/in-blocks.js";
import { requireSize } from "../formats/largest-image.js";
import { hidden, withoutAlpha } from "../transparency.js";
import { type Compression, compressionName, compressions } from "./decompress.js";
import type { ByteOrder } from "./directory.js";
import { type Layout, layoutOf, type Piece } from "./layout.js";
import { toStoredData } from "./raster-data.js";
import { requirePredictor, type Samples, sampleArray, samplesOf } from "./samples.js";
import { damagedTiff, unsupportedTiff } from "./tiff-errors.js";
import type { TiffPage } from "./tiff-pages.js";

/** Pieces that lie together in a file are read at once, up to so many bytes. */
const mostAtOnce = 2 ** 23;
const gapAtMost = 2 ** 14;

/** The pixels of a page, or of a part of it: only the strips or tiles that it touches are read. */
export async function readTiffPixels(
  source: ByteSource,
  order: ByteOrder,
  page: TiffPage,
  name: string,
  window: ImageWindow = { x: 0, y: 0, width: page.facts.width, height: page.facts.height },
): Promise<DecodedImage> {
  const layout = await layoutOf(name, source.size, order, page);
  const { samplesPerPixel, bits, sampleType, reversedBits } = layout;
  const compression = compressions.get(layout.compression);
  if (!compression) throw unsupportedTiff(name, compressionName(layout.compression));
  requirePredictor(name, layout);
  requireSize(name, window.width, window.height, samplesPerPixel);
  const needed = neededPieces(layout, page.facts, window);
  requireEnoughData(name, compression.ratio, layout, needed);

  const count = window.width * window.height * samplesPerPixel;
  const runs = runsOf(needed);
  let samples: Samples | undefined;
  for (const together of runs) {
    const [start, end] = [together[0]?.from ?? 0, Math.max(...together.map(({ to }) => to))];
    const bytes = await source.read(start, end - start);
    if (runs.length === 1 && isWholeImage(together, bytes, layout, window)) {
      samples = samplesOf(bytes, { ...layout, width: window.width, rows: window.height, perPixel: samplesPerPixel });
      break;
    }
    samples ??= sampleArray(bits, count);
    for (const place of together) {
      const stored = bytes.subarray(place.from - start, place.to - start);
      const raw = unpacked(reversedBits ? stored.map(reversed) : stored, compression, bytesOf(place, bits), name);
      const whole = wholeRows(place, samples, samplesPerPixel, window);
      const values = samplesOf(raw, { ...layout, ...place }, whole);
      if (values !== whole) copy(values, place, samples, samplesPerPixel, window);
    }
  }
  const { width, height } = window;
  const stored = toStoredData(samples ?? sampleArray(bits, count), bits, sampleType, name);
  return asImage({ width, height, data: stored }, layout, page, name);
}

/** Whether bytes that were read are those of the window, in order and nobody else's, so that they need not be copied. */
function isWholeImage(places: readonly Place[], bytes: Uint8Array, layout: Layout, window: ImageWindow): boolean {
  const { compression, bits, samplesPerPixel, channelPlanes, reversedBits, isTiled } = layout;
  if (compression !== 1 || bits % 8 !== 0 || channelPlanes > 1 || reversedBits || isTiled) return false;
  if (window.x !== 0 || places.some(({ width }) => width !== window.width)) return false;
  const isInOrder = places.every(({ from }, i) => i === 0 || from === places[i - 1]?.to);
  // As long as the block of memory that it lies in: not a part of a file in memory, or of a block that is kept.
  const isOwn = bytes.length === bytes.buffer.byteLength && bytes.length > blockBytes;
  return isInOrder && isOwn && bytes.length === (window.width * window.height * samplesPerPixel * bits) / 8;
}

/** A strip, a tile or the rows of one that are needed: where its bytes and its pixels lie. */
interface Place {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly rows: number;
  readonly perPixel: number;
  /** First channel. */
  readonly channel: number;
}

function neededPieces(layout: Layout, page: { width: number; height: number }, window: ImageWindow): Place[] {
  const { pieces, pieceWidth, pieceHeight, isTiled, channelPlanes, samplesPerPixel, bits, compression } = layout;
  const [across, down] = [Math.ceil(page.width / pieceWidth), Math.ceil(page.height / pieceHeight)];
  const perPixel = samplesPerPixel / channelPlanes;
  const rowBytes = Math.ceil((pieceWidth * perPixel * bits) / 8);
  const places: Place[] = [];
  for (let channel = 0; channel < channelPlanes; channel++) {
    for (let row = Math.floor(window.y / pieceHeight); row * pieceHeight < window.y + window.height; row++) {
      for (let column = Math.floor(window.x / pieceWidth); column * pieceWidth < window.x + window.width; column++) {
        const piece = pieces[(channel * down + row) * across + column] as Piece | null; // as many as there are
        if (!piece) continue; // all 0
        let [top, from, to] = [row * pieceHeight, piece.offset, piece.offset + piece.bytes];
        let rows = isTiled ? pieceHeight : Math.min(pieceHeight, page.height - top);
        if (compression === 1) {
          const first = Math.max(0, window.y - top);
          rows = Math.min(top + rows, window.y + window.height) - top - first;
          top += first;
          from += first * rowBytes;
          to = from + rows * rowBytes;
        }
        places.push({ from, to, left: column * pieceWidth, top, width: pieceWidth, rows, perPixel, channel });
      }
    }
  }
  return places;
}

/** Bytes of a piece, unpacked. */
function bytesOf({ width, rows, perPixel }: Place, bits: number): number {
  return Math.ceil((width * perPixel * bits) / 8) * rows;
}

function unpacked(chunk: Uint8Array, compression: Compression, length: number, name: string): Uint8Array {
  try {
    return compression.unpack(chunk, length);
  } catch (error) {
    throw damagedTiff(name, error instanceof Error ? error.message : String(error));
  }
}

/** A byte whose bits come the other way round. */
function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}

/** Before memory is taken for the pixels: no compression makes so many of so few bytes. */
function requireEnoughData(name: string, ratio: number, { bits }: Layout, places: readonly Place[]): void {
  for (const place of places) {
    const [there, promised] = [place.to - place.from, bytesOf(place, bits)];
    if (promised > ratio * there + 1024) {
      throw damagedTiff(
        name,
        `a piece of the image has ${there} bytes, too few for the ${promised} that it should become`,
      );
    }
  }
}

/** Places that lie together in the file, to be read at once. */
function runsOf(places: readonly Place[]): Place[][] {
  const runs: Place[][] = [];
  let [start, end] = [0, -1];
  for (const place of places) {
    const run = runs.at(-1);
    const isNear = place.from >= start && place.from <= end + gapAtMost;
    if (run && isNear && Math.max(end, place.to) - start <= mostAtOnce) {
      run.push(place);
      end = Math.max(end, place.to);
    } else {
      runs.push([place]);
      [start, end] = [place.from, place.to];
    }
  }
  return runs;
}

/** Where a piece of which the window shows all has its samples; undefined where they lie apart. */
function wholeRows(
  { left, top, width, rows, perPixel }: Place,
  samples: Samples,
  samplesPerPixel: number,
  window: ImageWindow,
): Samples | undefined {
  const isWhole = left === window.x && width === window.width && perPixel === samplesPerPixel;
  if (!isWhole || top < window.y || top + rows > window.y + window.height) return undefined;
  const perRow = width * perPixel;
  return samples.subarray((top - window.y) * perRow, (top - window.y + rows) * perRow);
}

/** Copies what the window shows of a piece. */
function copy(
  values: Samples,
  { left, top, width, rows, perPixel, channel }: Place,
  samples: Samples,
  samplesPerPixel: number,
  window: ImageWindow,
): void {
  const [firstX, firstY] = [Math.max(left, window.x), Math.max(top, window.y)];
  const [endX, endY] = [
    Math.min(left + width, window.x + window.width),
    Math.min(top + rows, window.y + window.height),
  ];
  const count = (endX - firstX) * perPixel;
  for (let y = firstY; y < endY; y++) {
    const from = ((y - top) * width + firstX - left) * perPixel;
    const to = ((y - window.y) * window.width + firstX - window.x) * samplesPerPixel + channel;
    if (perPixel === samplesPerPixel) {
      // Both are arrays of the type that belongs to the image's bits; TypeScript knows that of neither.
      samples.set(values.subarray(from, from + count) as never, to);
    } else {
      for (let i = 0; i < count; i++) samples[to + i * samplesPerPixel] = values[from + i] as never; // as above
    }
  }
}

function asImage(
  { width, height, data }: Pick<DecodedImage, "width" | "height" | "data">,
  { bits, sampleType, samplesPerPixel, isAlpha }: Layout,
  { facts }: TiffPage,
  name: string,
): DecodedImage {
  const fullRange = sampleType === "float" ? 1 : 2 ** (sampleType === "int" ? bits - 1 : bits) - 1;
  const { channels, palette, isInverted } = facts;
  if (isInverted) for (let i = 0; i < data.length; i++) data[i] = fullRange - (data[i] as number);
  const extra = samplesPerPixel - channels;
  if (extra !== 0 && extra !== 1) refuseChannels(name, samplesPerPixel);
  // What is said to be alpha may hide pixels; what nothing is said of counts as alpha where it hides none.
  if (extra === 1 && !isAlpha && hidden(data, samplesPerPixel, fullRange) > 0) refuseChannels(name, samplesPerPixel);
  const colours = extra === 1 ? withoutAlpha(data, samplesPerPixel, fullRange, name) : data;
  return { width, height, channels, data: colours, fullRange, ...(palette ? { palette } : {}) };
}

function refuseChannels(name: string, channels: number): never {
  const such = channels === 2 ? ", such as the probabilities of two classes" : "";
  throw new InputError(
    `${name} has ${channels} channels in each pixel${such}; but only grey, RGB or palette images can be read. Save the channel that you need as a separate image (in ilastik: a Cutout Subregion of axis c; in Fiji: Image ▸ Color ▸ Split Channels).`,
  );
}
