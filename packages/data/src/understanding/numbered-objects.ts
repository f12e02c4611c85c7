import type { ImageFile } from "@em-stellar/core";
import { type StoredValues, storedValues } from "../masks/stored-values.js";

/**
 * Whether masks number their objects: the values of each are 1, 2, 3 …, there are six or more in all, and nearly each of
 * them marks one piece, which a class of pixels rarely does.
 */
export async function areNumbered(
  masks: readonly string[],
  open: (path: string) => Promise<ImageFile>,
): Promise<boolean> {
  let [values, whole] = [0, 0];
  for (const path of masks) {
    const file = await open(path);
    for (const page of file.pages.keys()) {
      const pieces = piecesOf(storedValues(await file.read(page), path));
      pieces.delete(0);
      if (Math.max(0, ...pieces.keys()) !== pieces.size) return false;
      values += pieces.size;
      whole += [...pieces.values()].filter((count) => count === 1).length;
    }
  }
  return values >= 6 && whole >= 0.9 * values;
}

/** Into how many pieces the pixels of each value fall; pixels that touch at a corner hang together. */
function piecesOf({ width, height, data }: StoredValues): Map<number, number> {
  const pieces = new Map<number, number>();
  const seen = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (seen[start]) continue;
    const value = data[start] as number; // within the image
    pieces.set(value, (pieces.get(value) ?? 0) + 1);
    seen[start] = 1;
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const next = row * width + column;
          if (seen[next] || data[next] !== value) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
  }
  return pieces;
}
