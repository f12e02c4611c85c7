import type { Raster, RasterData } from "@em-stellar/core";

/** The ways to turn and mirror a square: four quarter turns, and each of them mirrored. The first leaves it as it is. */
export const turns = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** One of {@link turns}: 4 swaps rows and columns, then 1 mirrors left and right, then 2 top and bottom; their sum does all. */
export type Turn = (typeof turns)[number];

/** An image, turned. */
export function turned(image: Raster, turn: Turn): Raster {
  if (turn === 0) return image;
  const { width, height, channels, data } = image;
  const size = turn & 4 ? { width: height, height: width } : { width, height };
  const values = emptyLike(data);
  for (const [to, from] of places(width, height, turn)) {
    for (let c = 0; c < channels; c++) values[to * channels + c] = data[from * channels + c] as number;
  }
  return { ...size, channels, data: values };
}

/** Adds to `sum`, of `width × height` pixels, the values of a map of the turned image, each where it belongs. */
export function addTurnedBack(sum: Float32Array, map: Float32Array, width: number, height: number, turn: Turn): void {
  for (const [to, from] of places(width, height, turn)) sum[from] = (sum[from] as number) + (map[to] as number);
}

/** Of each pixel its place in the turned image and in the one of `width × height` pixels. */
function* places(width: number, height: number, turn: Turn): Generator<readonly [to: number, from: number]> {
  const [across, down] = turn & 4 ? [height, width] : [width, height];
  for (let y = 0, to = 0; y < down; y++) {
    const v = turn & 2 ? down - 1 - y : y;
    for (let x = 0; x < across; x++, to++) {
      const u = turn & 1 ? across - 1 - x : x;
      yield [to, turn & 4 ? u * width + v : v * width + u];
    }
  }
}

function emptyLike(data: RasterData): RasterData {
  if (data instanceof Uint8Array) return new Uint8Array(data.length);
  if (data instanceof Uint16Array) return new Uint16Array(data.length);
  return new Float32Array(data.length);
}
