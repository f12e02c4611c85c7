import { type Columns, columnsOf, toColumns } from "./columns.js";
import { type LabelMap, requireMask } from "./connected-components.js";
import { type LabelledRuns, labelRuns, plateausOf } from "./runs.js";

// States of a pixel; above 0 stands the number of its region.
const unvisited = 0;
const queued = -1; // also the border, so that the flood leaves it alone
const line = -2;
const meeting = -3; // a line between two regions

/**
 * Thins the background of a mask to lines: each 4-connected object grows until it meets another, and where two meet
 * stays a line about one pixel wide, labelled 0. Regions are numbered column by column. Where there are fewer than two
 * objects, the whole image is one region.
 *
 * It is the watershed, with 4-connectivity, of the image that is low on the objects and high elsewhere, and places the
 * lines as Fiji's Trainable_Segmentation does ("thinning"). Throws `InputError` where the mask is not of the size given.
 */
export function watershed(mask: Uint8Array, width: number, height: number): LabelMap {
  requireMask(mask, width, height);
  const columns = columnsOf(width, height);
  const { origin, stride } = columns;
  const values = toColumns(columns, mask);
  const flood = createFlood(columns);
  const seeds = labelRuns(plateausOf(values, columns), 0, 4);
  const regions = flood(seeds, { values, above: -1, count: mask.length - pixelsOf(seeds) });
  const labels = new Int32Array(mask.length);
  for (let i = 0; i < labels.length; i++) {
    labels[i] = Math.max(0, regions[origin + (i % width) * stride + Math.floor(i / width)] as number);
  }
  return { width, height, labels, count: Math.max(1, seeds.components) };
}

/** Pixels whose region matters: those with `value > above` that are in no seed, `count` of them. */
interface Wanted {
  readonly values: Uint8Array;
  readonly above: number;
  readonly count: number;
}

/** Prepares to flood images of one size again and again; what a flood returns is overwritten by the next. */
export function createFlood(columns: Columns): (seeds: LabelledRuns, wanted: Wanted) => Int32Array {
  const { lines, length, stride, origin, size } = columns;
  const states = new Int32Array(size);
  const queue = new Int32Array(lines * length);

  /** Grows the seeds until every wanted pixel has its region, or is on a line: a number that is not above 0. */
  return (seeds, wanted) => {
    // A single seed meets nobody and takes the whole image, as does none.
    if (seeds.components < 2) return states.fill(1);
    states.fill(queued, 0, origin);
    for (let start = origin; start < size - stride; start += stride) {
      states.fill(unvisited, start, start + length);
      states[start + length] = queued;
    }
    states.fill(queued, size - stride);
    for (let run = 0; run < seeds.runs; run++) {
      const label = seeds.labels[run] as number;
      for (let i = seeds.starts[run] as number; i < (seeds.ends[run] as number); i++) states[i] = label;
    }
    if (wanted.count === 0) return states;
    let tail = 0;
    let above = queued; // the state of the pixel before
    let here = states[origin] as number;
    for (let pixel = origin; pixel < size - stride; pixel++) {
      const below = states[pixel + 1] as number;
      if (
        here === unvisited &&
        (above > 0 || below > 0 || (states[pixel - stride] as number) > 0 || (states[pixel + stride] as number) > 0)
      ) {
        states[pixel] = queued;
        queue[tail++] = pixel;
      }
      above = here;
      here = below;
    }
    let missing = wanted.count;
    for (let head = 0; missing > 0; head++) {
      const pixel = queue[head] as number;
      // A pixel takes the one region of its visited neighbours. It is on a line where they name two, or none because
      // they are on lines themselves. Left, up, right, down: whom it queues first decides where the lines come to lie.
      let region = line;
      let neighbour = pixel - stride;
      let state = states[neighbour] as number;
      if (state > 0) region = state;
      else if (state === unvisited) {
        states[neighbour] = queued;
        queue[tail++] = neighbour;
      }
      neighbour = pixel - 1;
      state = states[neighbour] as number;
      if (state > 0) region = region === line || region === state ? state : meeting;
      else if (state === unvisited) {
        states[neighbour] = queued;
        queue[tail++] = neighbour;
      }
      neighbour = pixel + 1;
      state = states[neighbour] as number;
      if (state > 0) region = region === line || region === state ? state : meeting;
      else if (state === unvisited) {
        states[neighbour] = queued;
        queue[tail++] = neighbour;
      }
      neighbour = pixel + stride;
      state = states[neighbour] as number;
      if (state > 0) region = region === line || region === state ? state : meeting;
      else if (state === unvisited) {
        states[neighbour] = queued;
        queue[tail++] = neighbour;
      }
      states[pixel] = region;
      if ((wanted.values[pixel] as number) > wanted.above) missing--;
    }
    return states;
  };
}

function pixelsOf({ runs, starts, ends }: LabelledRuns): number {
  let pixels = 0;
  for (let run = 0; run < runs; run++) pixels += (ends[run] as number) - (starts[run] as number);
  return pixels;
}
