import type { Margins } from "@em-stellar/analysis/model-graph";
import { InputError } from "@em-stellar/core";
import type { Frame } from "@em-stellar/data";
import type { ModelGeometry } from "./model-geometry.js";

/** A stretch of the frame along one side: what a tile reads, and the part of it that the tile is for. */
export interface Stretch {
  /** First pixel that is read, a multiple of the stride. */
  readonly from: number;
  /** Pixel after the last that is read. */
  readonly to: number;
  /** First pixel that the tile is for; those of a side's tiles follow each other without a gap. */
  readonly start: number;
  /** Pixel after the last that it is for. */
  readonly end: number;
}

/** How an image is cut. Every row of tiles has the same columns. */
export interface TilePlan {
  readonly rows: readonly Stretch[];
  readonly columns: readonly Stretch[];
  /** Pixels on either side of where two tiles meet in which they are mixed; 0 where the tiles agree there anyway. */
  readonly blend: number;
}

/** What decides on tiles. */
export interface TileOptions {
  /** Bytes that tensors may take; an image that needs less is predicted whole. */
  readonly memory: number;
  /** Longest side of a tile in pixels; `null`: as long as `memory` allows. */
  readonly tile: number | null;
  /** Pixels that a tile reads beyond those that it is for; `null`: as many as the model sees. */
  readonly overlap: number | null;
}

/**
 * Cuts a frame, whose sides are multiples of `stride`, into tiles that cost the least in sum. Throws `InputError` where no
 * tile would be small enough.
 */
export function planTiles(
  frame: Frame,
  stride: number,
  geometry: ModelGeometry,
  { memory, tile, overlap }: TileOptions,
): TilePlan {
  const { width, height } = frame;
  const { bytesPerPixel } = geometry;
  // A model that is given sides between multiples of its own stride does something that is not understood here.
  const seen = stride % geometry.stride === 0 ? geometry.margins : undefined;
  const fits = tile === null ? width * height * bytesPerPixel <= memory : width <= tile && height <= tile;
  if (fits || geometry.size) return whole(frame);
  const margins = overlap === null ? seen : { top: overlap, bottom: overlap, left: overlap, right: overlap };
  if (!margins) {
    if (tile === null) return whole(frame); // nobody knows how to cut it: leave it to the device whether the whole fits
    throw new InputError(
      `The image (${width} × ${height} pixels with its frame) would be cut into tiles of ${tile}, but the layer ${geometry.unknown} of the model does not say how far it sees, or sees everything. Say how many pixels tiles share on each side: \`overlap: 64\` is a start. Tiles are then mixed where they meet. Or leave out \`tile\`.`,
    );
  }
  const isEnough = overlap === null || (seen && overlap >= Math.max(...Object.values(seen)));
  const blend = isEnough ? 0 : overlap;
  let best: { cost: number; across: number; down: number } | undefined;
  for (let across = 1; across <= pieces(width, stride, blend); across++) {
    const tileWidth = longest(width, across, stride, margins.left, margins.right);
    if (tile !== null && tileWidth > tile) continue;
    const down = fewest(height, stride, blend, (count) => {
      const tileHeight = longest(height, count, stride, margins.top, margins.bottom);
      if (tile !== null) return tileHeight <= tile;
      // Beside the tile, the rows of the result that it is part of.
      return tileWidth * tileHeight * bytesPerPixel + 4 * width * (Math.ceil(height / count) + 2 * blend) <= memory;
    });
    if (down === undefined) continue;
    const cost =
      (width + (across - 1) * (margins.left + margins.right)) * (height + (down - 1) * (margins.top + margins.bottom));
    if (!best || cost < best.cost) best = { cost, across, down };
  }
  if (!best) throw tooSmall(frame, stride, margins, blend, bytesPerPixel, memory, tile);
  return {
    rows: stretches(height, best.down, stride, margins.top, margins.bottom),
    columns: stretches(width, best.across, stride, margins.left, margins.right),
    blend,
  };
}

function whole({ width, height }: Frame): TilePlan {
  const all = (length: number): Stretch[] => [{ from: 0, to: length, start: 0, end: length }];
  return { rows: all(height), columns: all(width), blend: 0 };
}

/** Most pieces that a side can be cut into: each at least a stride long, and long enough that no pixel is mixed of three. */
function pieces(length: number, stride: number, blend: number): number {
  const shortest = stride * Math.max(1, Math.ceil((2 * blend) / stride));
  return Math.max(1, Math.floor(length / shortest));
}

/** The smallest number of pieces that will do; undefined where none does. */
function fewest(length: number, stride: number, blend: number, doIt: (count: number) => boolean): number | undefined {
  const most = pieces(length, stride, blend);
  for (let count = 1; count <= Math.min(2, most); count++) if (doIt(count)) return count;
  if (most < 3 || !doIt(most)) return undefined;
  let [low, high] = [3, most]; // of these, more are never longer
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (doIt(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** An upper bound of the length that the tiles of a side read. */
function longest(length: number, count: number, stride: number, before: number, after: number): number {
  if (count === 1) return length;
  const up = (value: number) => Math.ceil(value / stride) * stride;
  // Of two tiles, each has the frame's own edge on one side.
  const beyond = count === 2 ? Math.max(up(before), up(after)) : up(before) + up(after);
  return Math.min(length, up(length / count) + beyond);
}

/** Pieces that differ by a stride at most, each with what it must read besides, as far as the frame reaches. */
function stretches(length: number, count: number, stride: number, before: number, after: number): Stretch[] {
  const cut = (i: number) => Math.round((i * length) / (count * stride)) * stride;
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [cut(i), cut(i + 1)];
    return {
      start,
      end,
      from: Math.max(0, Math.floor((start - before) / stride) * stride),
      to: Math.min(length, Math.ceil((end + after) / stride) * stride),
    };
  });
}

function tooSmall(
  { width, height }: Frame,
  stride: number,
  { top, bottom, left, right }: Margins,
  blend: number,
  bytesPerPixel: number,
  memory: number,
  tile: number | null,
): InputError {
  const across = longest(width, pieces(width, stride, blend), stride, left, right);
  const down = longest(height, pieces(height, stride, blend), stride, top, bottom);
  const beyond = Math.max(left, right, top, bottom);
  const why = `Tiles read up to ${beyond} pixels beyond their own part on each side, so that the smallest is ${across} × ${down}`;
  return new InputError(
    tile === null
      ? `${why}, which takes some ${Math.ceil((across * down * bytesPerPixel) / 2 ** 20)} MiB, but ${Math.floor(memory / 2 ** 20)} are allowed. Raise \`memory\`, or set a smaller \`overlap\`: tiles are then mixed where they meet.`
      : `${why}, but tiles of ${tile} were asked for. Use \`tile: ${Math.max(across, down)}\` or more, or a smaller \`overlap\`: tiles are then mixed where they meet.`,
  );
}
