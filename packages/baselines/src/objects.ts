import type { RasterData } from "@em-stellar/core";

/** The pixels of each object of a mask: those that hang together by their edges, in the order of the image. */
export function objectsOf(mask: Uint8Array, width: number): Uint32Array[] {
  const seen = new Uint8Array(mask.length);
  const stack = new Uint32Array(mask.length);
  const objects: Uint32Array[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1 || seen[start] === 1) continue;
    let [found, next] = [1, 0];
    seen[start] = 1;
    stack[0] = start;
    while (next < found) {
      const place = stack[next++] as number;
      const x = place % width;
      for (const neighbour of [x > 0 ? place - 1 : -1, x < width - 1 ? place + 1 : -1, place - width, place + width]) {
        if (mask[neighbour] !== 1 || seen[neighbour] === 1) continue; // undefined beyond the image
        seen[neighbour] = 1;
        stack[found++] = neighbour;
      }
    }
    objects.push(stack.slice(0, found).sort());
  }
  return objects;
}

/** What an object looks like, in the order of {@link objectFeatures}. */
export const objectFeatureNames = [
  "area",
  "outline",
  "roundness",
  "long-axis",
  "short-axis",
  "extent",
  "grey-mean",
  "grey-deviation",
  "border-contrast",
  "evidence",
  "at-edge",
] as const;

/** Where the objects lie: grey values and pixel probabilities of `height × width` pixels. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly values: RasterData;
  readonly shares: Float32Array;
}

/**
 * Features of an object, given by its pixels: area; outline, as sides of pixels; roundness (4π area / outline²); axes of the
 * ellipse of the same second moments, as scikit-image's `axis_major_length` and `axis_minor_length`; area as a share of the
 * bounding box (`extent`); mean and standard deviation of grey values; grey mean of its border pixels less that of the
 * background pixels beside them; mean probability of its pixels; whether it touches the edge of the image.
 */
export function objectFeatures(pixels: Uint32Array, { width, height, values, shares }: Scene): number[] {
  const inside = new Set(pixels);
  const area = pixels.length;
  let [sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0];
  let [left, right, top, bottom] = [width, 0, height, 0];
  let [grey, greySquares, evidence, outline, atEdge] = [0, 0, 0, 0, 0];
  const border = { inside: 0, sides: 0, outside: 0, neighbours: 0 };
  for (const place of pixels) {
    const [x, y] = [place % width, Math.floor(place / width)];
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumYY += y * y;
    sumXY += x * y;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    const value = values[place] as number;
    grey += value;
    greySquares += value * value;
    evidence += shares[place] as number;
    for (const [nx, ny] of [
      [x - 1, y],
      [x + 1, y],
      [x, y - 1],
      [x, y + 1],
    ] as const) {
      const isInImage = nx >= 0 && nx < width && ny >= 0 && ny < height;
      if (isInImage && inside.has(ny * width + nx)) continue;
      outline++;
      border.inside += value;
      border.sides++;
      if (!isInImage) {
        atEdge = 1;
        continue;
      }
      border.outside += values[ny * width + nx] as number;
      border.neighbours++;
    }
  }
  const [meanX, meanY, mean] = [sumX / area, sumY / area, grey / area];
  const [xx, yy, xy] = [sumXX / area - meanX ** 2, sumYY / area - meanY ** 2, sumXY / area - meanX * meanY];
  const [middle, half] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  return [
    area,
    outline,
    (4 * Math.PI * area) / outline ** 2,
    4 * Math.sqrt(middle + half),
    4 * Math.sqrt(Math.max(0, middle - half)),
    area / ((right - left + 1) * (bottom - top + 1)),
    mean,
    Math.sqrt(Math.max(0, greySquares / area - mean ** 2)),
    border.neighbours === 0 ? 0 : border.inside / border.sides - border.outside / border.neighbours,
    evidence / area,
    atEdge,
  ];
}
