import type { ProbabilityMap } from "@em-stellar/core";

// V_Rand and V_Info word for word as Fiji's Trainable_Segmentation computes them, one pixel after another: what the fast
// code is tested against and timed against.

/** Labels of the objects of a mask, in the order of their first pixels, row by row. */
export function naiveComponents(
  mask: readonly boolean[],
  width: number,
  height: number,
  connectivity: 4 | 8 = 4,
): number[] {
  const labels = mask.map(() => 0);
  let count = 0;
  for (let seed = 0; seed < mask.length; seed++) {
    if (!mask[seed] || labels[seed] !== 0) continue;
    labels[seed] = ++count;
    const stack = [seed];
    for (let pixel = stack.pop(); pixel !== undefined; pixel = stack.pop()) {
      const around = neighbours(pixel, width, height);
      const corners = connectivity === 8 ? around.flatMap((edge) => neighbours(edge, width, height)) : [];
      for (const neighbour of [...around, ...corners.filter((corner) => isCorner(pixel, corner, width))]) {
        if (!mask[neighbour] || labels[neighbour] !== 0) continue;
        labels[neighbour] = count;
        stack.push(neighbour);
      }
    }
  }
  return labels;
}

/** The thinned regions of a mask: 0 on the lines. */
export function naiveWatershed(mask: readonly boolean[], width: number, height: number): number[] {
  if (!mask.includes(true)) return mask.map(() => 1);
  const states: (number | "unvisited" | "queued" | "line")[] = naiveComponents(mask, width, height).map((label) =>
    label > 0 ? label : "unvisited",
  );
  const queue: number[] = [];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const pixel = y * width + x;
      if (!mask[pixel] && neighbours(pixel, width, height).some((neighbour) => mask[neighbour])) queue.push(pixel);
    }
  }
  for (const pixel of queue) states[pixel] = "queued";
  for (const pixel of queue) {
    let state: number | "undecided" | "line" = "undecided";
    let soft = false;
    for (const neighbour of neighbours(pixel, width, height)) {
      const other = states[neighbour];
      if (typeof other === "number") {
        if (state === "undecided" || (state === "line" && soft)) state = other;
        else if (typeof state === "number" && state !== other) {
          state = "line";
          soft = false;
        }
      } else if (other === "line") {
        if (state === "undecided") {
          state = "line";
          soft = true;
        }
      } else if (other === "unvisited") {
        states[neighbour] = "queued";
        queue.push(neighbour);
      }
    }
    states[pixel] = state === "undecided" ? "queued" : state;
  }
  return states.map((state) => (typeof state === "number" ? state : 0));
}

export interface NaiveScore {
  readonly vRand: number;
  readonly vInfo: number;
}

/** The scores, at one threshold, of images as if they were one. */
export function naiveScore(
  images: readonly { truth: ProbabilityMap; prediction: ProbabilityMap }[],
  threshold: number,
): NaiveScore {
  const [t, s, c] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const count = (table: Map<string, number>, key: string) => table.set(key, (table.get(key) ?? 0) + 1);
  images.forEach(({ truth, prediction }, image) => {
    const { width, height } = truth;
    const maskOf = ({ data, maximum }: ProbabilityMap) => Array.from(data, (v) => Math.fround(v / maximum) > threshold);
    const objects = naiveComponents(maskOf(truth), width, height);
    const regions = naiveWatershed(maskOf(prediction), width, height);
    objects.forEach((label, pixel) => {
      if (label === 0) return;
      const object = `image ${image} object ${label}`;
      const region = regions[pixel] === 0 ? `image ${image} pixel ${pixel}` : `image ${image} region ${regions[pixel]}`;
      count(t, object);
      count(s, region);
      count(c, `${object} ${region}`);
    });
  });
  if (t.size === 0) return { vRand: 0, vInfo: 0 };
  const n = [...t.values()].reduce((sum, size) => sum + size, 0);
  const shares = (table: Map<string, number>) => [...table.values()].map((size) => size / n);
  const squares = (table: Map<string, number>) => shares(table).reduce((sum, p) => sum + p * p, 0);
  const entropy = (table: Map<string, number>) => shares(table).reduce((sum, p) => sum - p * Math.log(p), 0);
  const [precision, recall] = [squares(c) / squares(s), squares(c) / squares(t)];
  const shared = entropy(t) + entropy(s) - entropy(c);
  return {
    vRand: (2 * precision * recall) / (precision + recall),
    vInfo: t.size === 1 || s.size === 1 ? 0 : (2 * shared) / (entropy(t) + entropy(s)),
  };
}

/** Left, up, right, down: the order in which the flood meets them. */
function neighbours(pixel: number, width: number, height: number): number[] {
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  const found: number[] = [];
  if (x > 0) found.push(pixel - 1);
  if (y > 0) found.push(pixel - width);
  if (x < width - 1) found.push(pixel + 1);
  if (y < height - 1) found.push(pixel + width);
  return found;
}

/** Whether a pixel two steps away is one column and one row away. */
function isCorner(pixel: number, other: number, width: number): boolean {
  return pixel % width !== other % width && Math.floor(pixel / width) !== Math.floor(other / width);
}
