import type { Random, Raster } from "@em-stellar/core";
import { mirrorIndices } from "./mirror.js";
import type { Normalization } from "./normalization.js";

/** Positions (y × width + x) of the object's pixels in a binary mask. */
export function foregroundIndex(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) count++;
  const positions = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) positions[at++] = i;
  return positions;
}

/**
 * The top left corner of a random patch of side × side pixels. A share `foreground` of patches is centred, as far as the
 * image reaches, on a random pixel of `objectPixels` (see {@link foregroundIndex}); the others lie anywhere, all positions
 * alike. Along a side that is shorter than the patch the corner is negative: `cropPatch` mirrors what is missing.
 */
export function drawPatch(
  random: Random,
  size: { readonly width: number; readonly height: number },
  side: number,
  objectPixels?: Uint32Array,
  foreground = 0,
): { x: number; y: number } {
  const [roomX, roomY] = [size.width - side, size.height - side];
  if (foreground > 0 && objectPixels && objectPixels.length > 0 && random.next() < foreground) {
    const pixel = objectPixels[random.integer(objectPixels.length)] as number;
    const half = Math.floor(side / 2);
    return {
      x: clampCorner((pixel % size.width) - half, roomX),
      y: clampCorner(Math.floor(pixel / size.width) - half, roomY),
    };
  }
  return {
    x: Math.min(roomX, 0) + random.integer(Math.abs(roomX) + 1),
    y: Math.min(roomY, 0) + random.integer(Math.abs(roomY) + 1),
  };
}

/** A room below 0 means that the patch is the longer one. */
function clampCorner(corner: number, room: number): number {
  return Math.min(Math.max(corner, Math.min(room, 0)), Math.max(room, 0));
}

/**
 * Writes a patch of side × side pixels, normalised and with channels interleaved, into `out` from index `at`.
 * What lies outside the image is mirrored.
 */
export function cropPatch(
  raster: Raster,
  { offset, scale }: Normalization,
  x: number,
  y: number,
  side: number,
  out: Float32Array,
  at: number,
): void {
  const { width, height, channels, data } = raster;
  const columns = mirrorIndices(x, side, width);
  const rows = mirrorIndices(y, side, height);
  let to = at;
  for (let i = 0; i < side; i++) {
    const row = (rows[i] as number) * width;
    for (let j = 0; j < side; j++) {
      const from = (row + (columns[j] as number)) * channels;
      for (let c = 0; c < channels; c++) out[to++] = ((data[from + c] as number) - offset) * scale;
    }
  }
}

/** Writes a patch of a binary mask into `out` from index `at`; what lies outside is mirrored, as in the image. */
export function cropMask(
  mask: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  side: number,
  out: Float32Array,
  at: number,
): void {
  const columns = mirrorIndices(x, side, width);
  const rows = mirrorIndices(y, side, height);
  let to = at;
  for (let i = 0; i < side; i++) {
    const row = (rows[i] as number) * width;
    for (let j = 0; j < side; j++) out[to++] = mask[row + (columns[j] as number)] as number;
  }
}

/**
 * Corners of tiles of side × side pixels that cover an image, neighbours sharing at least `overlap` pixels. The last tile of
 * a row or column ends at the image's edge; an image shorter than a tile has one, at 0.
 */
export function tiles(
  size: { readonly width: number; readonly height: number },
  side: number,
  overlap = 0,
): { x: number; y: number }[] {
  const starts = (length: number): number[] => {
    const room = Math.max(0, length - side);
    const count = Math.ceil(room / Math.max(1, side - overlap)) + 1;
    return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((room * i) / (count - 1))));
  };
  const columns = starts(size.width);
  return starts(size.height).flatMap((y) => columns.map((x) => ({ x, y })));
}
