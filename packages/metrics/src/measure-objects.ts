import { InputError } from "@em-stellar/core";
import type { Connectivity } from "./connectivity.js";
import { collectPlateaus, type LabelledRuns, labelRuns } from "./runs.js";

/** An object of a mask, in pixels. */
export interface MeasuredObject {
  /** From 1, in the order in which a reader, row by row, meets the objects. */
  readonly number: number;
  /** Number of pixels. */
  readonly area: number;
  /** The mean place of its pixels: the upper left pixel of the image is at 0, 0. */
  readonly x: number;
  readonly y: number;
  /** The columns and rows that it reaches over: the first, and how many. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Length of its outline, as scikit-image's `perimeter` with 4 neighbours takes it (Benkrid and Crookes, 2000). */
  readonly perimeter: number;
  /** Diameter of the disc of the same area. */
  readonly equivalentDiameter: number;
  /** Mean of the values over its pixels. */
  readonly mean: number;
  /** Whether a pixel lies at the border of the image, so that a part of the object may be missing. */
  readonly touchesBorder: boolean;
}

/** What a mask holds. */
export interface MeasuredObjects {
  readonly objects: readonly MeasuredObject[];
  /** `count × width` numbers from row `first` on: the object of each pixel, 0 in the background and where an object is left out. */
  labelRows(first: number, count: number): Int32Array;
}

/** Takes a mask row by row. */
export interface ObjectMeter {
  /** The next rows of the mask (not 0 is object), with the value of each pixel. */
  add(mask: Uint8Array, values: ArrayLike<number>): void;
  /** The objects, once all rows are there. */
  end(): MeasuredObjects;
}

/** More objects are noise, and would fill the memory. */
const mostObjects = 1_000_000;

/**
 * Measures the connected components of a mask that comes row by row. Only its outlines are kept in memory. Components hang
 * together by the edges of pixels (`connectivity` 4, as the metrics of objects have it) or also by their corners (8); those of
 * fewer than `minimumSize` pixels are left out. Throws `InputError` for rows that do not make up the image, and for more than a
 * million objects.
 */
export function measureObjects(
  width: number,
  height: number,
  { connectivity = 4, minimumSize = 1 }: { connectivity?: Connectivity; minimumSize?: number } = {},
): ObjectMeter {
  const plateaus = collectPlateaus({ lines: height, length: width, stride: width, origin: 0 });
  const sums: number[] = []; // of the values of each run
  let rows = 0;
  return {
    add(mask, values) {
      const count = mask.length / width;
      if (!Number.isInteger(count) || rows + count > height || values.length !== mask.length) {
        throw new InputError(
          `${mask.length} pixels with ${values.length} values are not rows of ${width}, or too many for ${height} rows.`,
        );
      }
      plateaus.add(mask, count);
      for (let i = 0; i < mask.length; i++) {
        if (mask[i] === 0) continue;
        const isStart = i % width === 0 || mask[i - 1] === 0;
        if (isStart) sums.push(0);
        sums[sums.length - 1] = (sums[sums.length - 1] as number) + (values[i] as number);
      }
      rows += count;
    },
    end() {
      if (rows < height) throw new InputError(`The mask has ${height} rows, but ${rows} were given.`);
      const runs = numberedAnew(labelRuns(plateaus.end(), 0, connectivity), minimumSize);
      if (runs.components > mostObjects) {
        throw new InputError(
          `The mask falls into ${runs.components} objects, more than ${mostObjects}. Most are specks: leave them out with \`minArea\`, or with minimumSize in a program.`,
        );
      }
      return measured(runs, sums, width, height);
    },
  };
}

/** The runs with objects numbered from 1 without those that are too small, whose number is 0. */
function numberedAnew(given: LabelledRuns, minimumSize: number): LabelledRuns {
  const areas = new Float64Array(given.components + 1);
  for (let run = 0; run < given.runs; run++) {
    const label = given.labels[run] as number;
    areas[label] = (areas[label] as number) + (given.ends[run] as number) - (given.starts[run] as number);
  }
  const numbers = new Int32Array(given.components + 1);
  let components = 0;
  for (let label = 1; label <= given.components; label++) {
    if ((areas[label] as number) >= minimumSize) numbers[label] = ++components;
  }
  return { ...given, labels: given.labels.map((label) => numbers[label] as number), components };
}

/** Sums over the pixels of an object. */
interface Sums {
  area: number;
  x: number;
  y: number;
  values: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function measured(runs: LabelledRuns, sums: readonly number[], width: number, height: number): MeasuredObjects {
  const found = Array.from({ length: runs.components }, (): Sums => {
    return { area: 0, x: 0, y: 0, values: 0, left: width, right: 0, top: height, bottom: 0 };
  });
  const firstRuns = new Int32Array(height + 1).fill(runs.runs); // of each row
  for (let run = runs.runs - 1; run >= 0; run--) firstRuns[Math.floor((runs.starts[run] as number) / width)] = run;
  for (let y = height - 1; y >= 0; y--) firstRuns[y] = Math.min(firstRuns[y] as number, firstRuns[y + 1] as number);

  for (let run = 0; run < runs.runs; run++) {
    const object = found[(runs.labels[run] as number) - 1];
    if (!object) continue;
    const start = runs.starts[run] as number;
    const y = Math.floor(start / width);
    const [from, to] = [start - y * width, (runs.ends[run] as number) - y * width];
    const length = to - from;
    object.area += length;
    object.x += (length * (from + to - 1)) / 2;
    object.y += length * y;
    object.values += sums[run] as number;
    object.left = Math.min(object.left, from);
    object.right = Math.max(object.right, to);
    object.top = Math.min(object.top, y);
    object.bottom = Math.max(object.bottom, y + 1);
  }

  const labelRows = (first: number, count: number): Int32Array => {
    const labels = new Int32Array(count * width);
    const last = firstRuns[Math.min(height, first + count)] as number;
    for (let run = firstRuns[first] as number; run < last; run++) {
      const [start, end] = [runs.starts[run] as number, runs.ends[run] as number];
      labels.fill(runs.labels[run] as number, start - first * width, end - first * width);
    }
    return labels;
  };
  const perimeters = perimetersOf(labelRows, width, height, runs.components);
  const objects = found.map(
    ({ area, x, y, values, left, right, top, bottom }, i): MeasuredObject => ({
      number: i + 1,
      area,
      x: x / area,
      y: y / area,
      left,
      top,
      width: right - left,
      height: bottom - top,
      perimeter: perimeters[i + 1] as number,
      equivalentDiameter: Math.sqrt((4 * area) / Math.PI),
      mean: values / area,
      touchesBorder: left === 0 || top === 0 || right === width || bottom === height,
    }),
  );
  return { objects, labelRows };
}

/**
 * What a pixel of an outline adds to its length, by `2 × neighbours across edges + 10 × neighbours across corners + 1`, those
 * that are of the outline, too. As in scikit-image's `perimeter`.
 */
const lengths = new Map([
  ...[5, 7, 15, 17, 25, 27].map((neighbours) => [neighbours, 1] as const),
  ...[21, 33].map((neighbours) => [neighbours, Math.SQRT2] as const),
  ...[13, 23].map((neighbours) => [neighbours, (1 + Math.SQRT2) / 2] as const),
]);

function perimetersOf(
  labelRows: MeasuredObjects["labelRows"],
  width: number,
  height: number,
  count: number,
): Float64Array {
  const none = new Int32Array(width);
  const rowOf = (y: number) => (y < 0 || y >= height ? none : labelRows(y, 1));
  // The outline of a row: the number of each pixel that has an edge to the outside of its object.
  const outlineOf = (above: Int32Array, here: Int32Array, below: Int32Array) =>
    here.map((label, x) => (above[x] && below[x] && here[x - 1] && here[x + 1] ? 0 : label));
  const perimeters = new Float64Array(count + 1);
  let rows: [Int32Array, Int32Array, Int32Array] = [none, none, rowOf(0)];
  let outlines: [Int32Array, Int32Array, Int32Array] = [none, none, none];
  for (let y = 0; y <= height; y++) {
    rows = [rows[1], rows[2], rowOf(y + 1)];
    outlines = [outlines[1], outlines[2], outlineOf(...rows)];
    const [above, here, below] = outlines; // of rows y - 2, y - 1 and y
    for (let x = 0; x < width; x++) {
      const label = here[x] as number;
      if (label === 0) continue;
      const same = (row: Int32Array, column: number) => +(row[column] === label);
      const edges = same(above, x) + same(below, x) + same(here, x - 1) + same(here, x + 1);
      const corners = same(above, x - 1) + same(above, x + 1) + same(below, x - 1) + same(below, x + 1);
      perimeters[label] = (perimeters[label] as number) + (lengths.get(2 * edges + 10 * corners + 1) ?? 0);
    }
  }
  return perimeters;
}
