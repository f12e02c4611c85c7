import type { Pane } from "./paint.js";
import type { Size } from "./view-box.js";

/** How several pictures share a canvas. */
export type Arrangement = "single" | "beside" | "slider";

/** Pixels between two pictures. */
const gap = 4;

/**
 * A part of the canvas for each of `count` pictures, beside each other, or above each other on a canvas that is higher than wide.
 * All are equally large, so that they can show the same place.
 */
export function panesBeside({ width, height }: Size, count: number): Pane[] {
  const isUpright = height > width;
  const side = Math.floor(((isUpright ? height : width) - (count - 1) * gap) / count);
  return Array.from({ length: count }, (_, i) =>
    isUpright
      ? { left: 0, top: i * (side + gap), width, height: side }
      : { left: i * (side + gap), top: 0, width: side, height },
  );
}

/** The two parts of a canvas to the left and to the right of a line, at a share of its width from 0 to 1. */
export function panesAround({ width, height }: Size, share: number): [left: Pane, right: Pane] {
  const at = Math.round(share * width);
  return [
    { left: 0, top: 0, width: at, height },
    { left: at, top: 0, width: width - at, height },
  ];
}
