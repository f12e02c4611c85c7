import type { ProbabilityMap, RasterData } from "@em-stellar/core";

/** Whether objects are darker or brighter than what surrounds them. */
export type Polarity = "dark" | "bright";

/** Equal steps from the lowest grey value to the highest. A level's pixels lie around its value, edges halfway between two. */
export interface Levels {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly count: number;
}

/** One level for each whole number where that is enough to tell the values apart, else 65 536 of them. */
export function levelsBetween(low: number, high: number, wholeNumbers: boolean): Levels {
  const step = wholeNumbers || high === low ? 1 : (high - low) / 65535;
  return { low, high, step, count: Math.round((high - low) / step) + 1 };
}

/** Lowest and highest of the values. */
export function rangeOf(values: RasterData): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** The grey value at the edge below a level; a fraction lies between two edges. */
export function edgeValue({ low, step }: Levels, edge: number): number {
  return low + (edge - 0.5) * step;
}

/** The edge of the highest score; the middle one where neighbours share it, as far as may be from the grey values on both sides. */
export function bestEdge(scores: Float64Array): { edge: number; score: number } {
  let first = 0;
  let last = 0;
  for (let edge = 1; edge < scores.length; edge++) {
    const score = scores[edge] as number;
    const best = scores[first] as number;
    if (score > best) first = last = edge;
    else if (score === best && edge === last + 1) last = edge;
  }
  return { edge: (first + last) / 2, score: scores[first] as number };
}

/** The pooled Jaccard index of a threshold at each edge, from how many object and background pixels each level holds. */
export function jaccardByEdge(objects: Uint32Array, background: Uint32Array, polarity: Polarity): Float64Array {
  const sum = (counts: Uint32Array) => counts.reduce((total, count) => total + count, 0);
  const [allObjects, allBackground] = [sum(objects), sum(background)];
  const scores = new Float64Array(objects.length + 1);
  let objectsBelow = 0;
  let backgroundBelow = 0;
  for (let edge = 0; edge < scores.length; edge++) {
    const tp = polarity === "dark" ? objectsBelow : allObjects - objectsBelow;
    const fp = polarity === "dark" ? backgroundBelow : allBackground - backgroundBelow;
    scores[edge] = tp / (allObjects + fp);
    objectsBelow += objects[edge] ?? 0;
    backgroundBelow += background[edge] ?? 0;
  }
  return scores;
}

/** Evidence as a map: 0.5 at the cut, growing linearly to 1 at the end of the range where objects lie and falling to 0 at the other. */
export function evidence(
  values: RasterData,
  { width, height }: { width: number; height: number },
  { low, cut, high, polarity }: { low: number; cut: number; high: number; polarity: Polarity },
): ProbabilityMap {
  const data = new Float32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const value = values[i] as number;
    const above = value > cut ? (value - cut) / (high - cut) : (value - cut) / (cut - low);
    const share = 0.5 + Math.max(-1, Math.min(1, above)) / 2;
    data[i] = polarity === "bright" ? share : 1 - share;
  }
  return { width, height, data, maximum: 1, threshold: 0.5 };
}
