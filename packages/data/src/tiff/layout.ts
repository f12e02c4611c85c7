import type { ImagePage } from "@em-stellar/core";
import type { ByteOrder } from "./directory.js";
import { tags } from "./tags.js";
import { damagedTiff, unsupportedTiff } from "./tiff-errors.js";
import type { TiffPage } from "./tiff-pages.js";

/** How the pixels of an image are stored: in strips or tiles, each a rectangle of its own. */
export interface Layout {
  readonly littleEndian: boolean;
  readonly bits: number;
  readonly sampleType: ImagePage["sampleType"];
  readonly samplesPerPixel: number;
  /** 1, or as many as there are samples: each channel is stored as an image of its own. */
  readonly channelPlanes: number;
  readonly compression: number;
  readonly predictor: number;
  /** The lowest bit of a byte comes first. */
  readonly reversedBits: boolean;
  /** Width and height of a strip or tile; the last strip may be lower. */
  readonly pieceWidth: number;
  readonly pieceHeight: number;
  readonly isTiled: boolean;
  /** Where each strip or tile begins and how many bytes it has; `null`: not stored, all 0. */
  readonly pieces: readonly (Piece | null)[];
  /** Whether the file says that a channel beyond the colours is alpha. */
  readonly isAlpha: boolean;
}

export interface Piece {
  readonly offset: number;
  readonly bytes: number;
}

/** How the pixels of a page are stored. Throws `InputError` for what is not read, and where pieces are missing or overlap. */
export async function layoutOf(
  name: string,
  size: number,
  { littleEndian }: ByteOrder,
  page: TiffPage,
): Promise<Layout> {
  const { directory, facts, planes } = page;
  const { width, height, bits, sampleType } = facts;
  const number = (tag: number, absent: number) => directory.number(tag, absent);
  const unsupported = (what: string) => unsupportedTiff(name, what);
  const photometric = await number(tags.photometric, 1);
  const orientation = await number(tags.orientation, 1);
  const storedSamples = await number(tags.samplesPerPixel, 1);
  const samplesPerPixel = planes === "channels" ? 1 : storedSamples;
  const sampleFormat = await number(tags.sampleFormat, 1);
  const isMask = photometric === 4 && bits === 1; // a transparency mask that is the only image of its file
  if (photometric > 3 && !isMask) {
    throw unsupported(`colours other than grey, RGB or a palette (photometric ${photometric})`);
  }
  if (orientation > 1 && orientation <= 8) throw unsupported(`rotated pixels (orientation ${orientation})`);
  if (samplesPerPixel < 1) throw damagedTiff(name, `its pixels have ${samplesPerPixel} samples`);
  if (sampleFormat > 4) throw unsupported(`complex numbers (sample format ${sampleFormat})`);
  const isRead =
    sampleType === "uint"
      ? (bits >= 1 && bits <= 16) || bits === 32 || bits === 64
      : sampleType === "int"
        ? [8, 16, 32, 64].includes(bits)
        : [16, 32, 64].includes(bits);
  if (!isRead)
    throw unsupported(`${bits}-bit ${{ uint: "whole", int: "signed", float: "floating-point" }[sampleType]} numbers`);
  for (const [tag, first] of [
    [tags.bitsPerSample, bits],
    [tags.sampleFormat, sampleFormat],
  ] as const) {
    const all = await directory.numbers(tag, storedSamples);
    if (all.some((each) => each !== first)) throw unsupported(`channels of different types (${all.join(", ")})`);
  }

  const compression = await number(tags.compression, 1);
  const channelPlanes = (await number(tags.planarConfiguration, 1)) === 2 ? samplesPerPixel : 1; // 1 where each plane is an image
  const isTiled = directory.has(tags.tileWidth) && directory.has(tags.tileHeight);
  const pieceWidth = isTiled ? await number(tags.tileWidth, 0) : width;
  const rowsPerStrip = (await number(tags.rowsPerStrip, height)) || height;
  const pieceHeight = isTiled ? await number(tags.tileHeight, 0) : Math.min(rowsPerStrip, height);
  if (!(pieceWidth > 0 && pieceHeight > 0))
    throw damagedTiff(name, `its tiles are ${pieceWidth} × ${pieceHeight} pixels`);
  if (planes === "depth" && isTiled && (await number(tags.tileDepth, 1)) > 1)
    throw unsupported("tiles of several planes");

  const extraKind = await number(tags.extraSamples, 0);
  return {
    littleEndian,
    bits,
    sampleType,
    samplesPerPixel,
    channelPlanes,
    compression,
    predictor: await predictorOf(name, compression, await number(tags.predictor, 1)),
    reversedBits: (await number(tags.fillOrder, 1)) === 2,
    pieceWidth,
    pieceHeight,
    isTiled,
    pieces: await piecesOf(name, size, page, { compression, samplesPerPixel, channelPlanes, pieceWidth, pieceHeight }),
    isAlpha: planes !== "channels" && (extraKind === 1 || extraKind === 2),
  };
}

/** What has to be undone: libtiff applies and undoes a predictor with compressions of its list alone. */
function predictorOf(name: string, compression: number, predictor: number): number {
  if (predictor === 1 || compression === none) return 1;
  if (compression === packBits) {
    throw unsupportedTiff(name, "a predictor on PackBits data (libtiff passes over it, tifffile does not)");
  }
  return predictor;
}

interface Pieces
  extends Pick<Layout, "compression" | "samplesPerPixel" | "channelPlanes" | "pieceWidth" | "pieceHeight"> {}

/** The strips or tiles of a page, row by row, of one channel plane after another. */
async function piecesOf(
  name: string,
  size: number,
  { directory, facts, plane, planes }: TiffPage,
  { compression, samplesPerPixel, channelPlanes, pieceWidth, pieceHeight }: Pieces,
): Promise<(Piece | null)[]> {
  const { width, height, bits } = facts;
  const perChannel = Math.ceil(width / pieceWidth) * Math.ceil(height / pieceHeight);
  const perPage = perChannel * channelPlanes;
  const firstPiece = planes === "depth" || planes === "channels" ? plane * perPage : 0;
  const last = firstPiece + perPage;
  // Old writers list tiles in the fields of strips.
  const [offsetTag, countTag] = directory.has(tags.tileOffsets)
    ? [tags.tileOffsets, tags.tileByteCounts]
    : [tags.stripOffsets, tags.stripByteCounts];
  const listed = directory.count(offsetTag);
  if (listed < last) throw damagedTiff(name, `${listed} of ${last} pieces of the image are there`);
  if (planes === "one" && listed >= 2 * perPage && listed % perPage === 0) {
    throw unsupportedTiff(
      name,
      `${listed / perPage} images behind one description (it lists ${listed} pieces, of which ${perPage} make an image)`,
    );
  }
  const offsets = (await directory.numbers(offsetTag, last)).slice(firstPiece);
  const counts = (await directory.numbers(countTag, last)).slice(firstPiece);
  const rowBytes = Math.ceil((pieceWidth * (samplesPerPixel / channelPlanes) * bits) / 8);
  const isTiled = directory.has(tags.tileWidth);
  let total = 0;
  const pieces = offsets.map((offset, i): Piece | null => {
    const given = counts[i] ?? 0;
    if (offset === 0 && counts[i] === 0) return null; // sparse, as GDAL writes it
    if (offset === 0) throw damagedTiff(name, "a piece of the image begins where the file does");
    const top =
      (Math.floor(i / Math.ceil(width / pieceWidth)) * pieceHeight) % (Math.ceil(height / pieceHeight) * pieceHeight);
    // A tile is stored whole even where it hangs over the edge; the last strip is not.
    const rows = isTiled ? pieceHeight : Math.min(pieceHeight, height - top);
    const plain = rowBytes * rows;
    // Some writers leave out, or leave 0, what follows from the size of the image or of the file.
    const missing = compression === none ? plain : perPage === 1 ? size - offset : 0;
    // No compression makes a piece much longer than it was: what a damaged count adds is not read.
    const bytes = Math.min(given || missing, compression === none ? plain : 2 * plain + 1024);
    if (bytes <= 0) throw damagedTiff(name, "the sizes of its compressed pieces are missing");
    if (compression === none && bytes < plain)
      throw damagedTiff(name, `a piece of the image has ${bytes} of ${plain} bytes`);
    total += bytes;
    return { offset, bytes };
  });
  if (planes === "behind") return behind(name, plane, pieces);
  for (const piece of pieces) {
    const end = (piece?.offset ?? 0) + (piece?.bytes ?? 0);
    if (end > size) throw damagedTiff(name, `it ends at byte ${size}, before ${end}`);
  }
  if (total > size)
    throw damagedTiff(name, `its pieces overlap: they have ${total} bytes together, the file has ${size}`);
  return pieces;
}

/** The pieces of a plane that follows the first one, uncompressed, without a description of its own. */
function behind(name: string, plane: number, pieces: readonly (Piece | null)[]): Piece[] {
  let end: number | undefined;
  let bytes = 0;
  for (const piece of pieces) {
    if (!piece || (end !== undefined && piece.offset !== end)) {
      throw unsupportedTiff(name, "a stack behind one description whose first image is scattered");
    }
    end = piece.offset + piece.bytes;
    bytes += piece.bytes;
  }
  return (pieces as readonly Piece[]).map((piece) => ({ ...piece, offset: piece.offset + plane * bytes })); // none was null
}

const [none, packBits] = [1, 32773];
