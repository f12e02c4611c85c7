import type { Raster } from "@em-stellar/core";
import { contrastOf } from "@em-stellar/data";
import type { Stamp } from "./scale-bar.js";

/** Amber, which people with any kind of colour blindness tell from grey. */
const outlineColour = [255, 176, 0] as const;

/** Pixels of an image that its contrast is taken from: more would not change it. */
const mostPixels = 2 ** 20;

/** Rows that are drawn at a time. */
const band = 64;

/** Gives the number of the object that each pixel of some rows belongs to, 0 in the background. */
type LabelRows = (first: number, count: number) => Int32Array;

/**
 * Draws an image in grey with the outlines of its objects in amber, a pixel wide and another one for each thousand pixels of
 * the longer side; a stamp over it. Yields red, green and blue of some rows after another, so that the picture of a large
 * image need never be in memory.
 */
export function* overlayRows(image: Raster, labelRows: LabelRows, stamp?: Stamp): Generator<Uint8Array> {
  const { width, height, channels, data } = image;
  const { black, white } = contrastOf(image, mostPixels);
  const scale = 255 / (white - black);
  const thickness = Math.max(1, Math.round(Math.max(width, height) / 1000));
  for (let first = 0; first < height; first += band) {
    const end = Math.min(height, first + band);
    const above = Math.max(0, first - thickness);
    const labels = labelRows(above, Math.min(height, end + thickness) - above);
    const rows = new Uint8ClampedArray((end - first) * width * 3);
    for (let y = first; y < end; y++) {
      for (let x = 0; x < width; x++) {
        const to = ((y - first) * width + x) * 3;
        if (isOutline(labels, width, x, y - above, thickness)) rows.set(outlineColour, to);
        else rows.fill(((data[(y * width + x) * channels] as number) - black) * scale, to, to + 3);
      }
    }
    if (stamp) lay(stamp, rows, width, first, end);
    yield new Uint8Array(rows.buffer);
  }
}

/** Whether a pixel of an object has another one, or the background, near it in its row or column. The border of the image is no outline. */
function isOutline(labels: Int32Array, width: number, x: number, y: number, thickness: number): boolean {
  const at = y * width + x;
  const label = labels[at];
  if (label === 0) return false;
  for (let away = 1; away <= thickness; away++) {
    if (x >= away && labels[at - away] !== label) return true;
    if (x + away < width && labels[at + away] !== label) return true;
    const [above, below] = [labels[at - away * width], labels[at + away * width]]; // undefined outside of the image
    if ((above !== undefined && above !== label) || (below !== undefined && below !== label)) return true;
  }
  return false;
}

function lay(stamp: Stamp, rows: Uint8ClampedArray, width: number, first: number, end: number): void {
  for (let y = Math.max(first, stamp.top); y < Math.min(end, stamp.top + stamp.height); y++) {
    for (let x = 0; x < stamp.width; x++) {
      const ink = stamp.ink[(y - stamp.top) * stamp.width + x];
      const to = ((y - first) * width + stamp.left + x) * 3;
      if (ink !== 0) rows.fill(ink === 2 ? 255 : 0, to, to + 3);
    }
  }
}
