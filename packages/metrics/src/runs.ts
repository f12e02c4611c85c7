import type { Connectivity } from "./connectivity.js";

/** Where the pixels of an image lie in an array: `lines` lines of `length` pixels, one line every `stride` elements. */
export interface Layout {
  readonly lines: number;
  readonly length: number;
  /** Elements from a pixel to its neighbour in the next line; at least `length`. */
  readonly stride: number;
  /** The index of the first pixel. */
  readonly origin: number;
}

/**
 * Runs of object pixels: maximal stretches along a line, in the order of the lines. Their connected components are
 * numbered from 1 in the order of their first runs.
 */
export interface LabelledRuns {
  /** Number of runs; the arrays may be longer. */
  readonly runs: number;
  /** Index of the first pixel of a run. */
  readonly starts: Int32Array;
  /** Index after the last pixel of a run. */
  readonly ends: Int32Array;
  /** Component of a run. */
  readonly labels: Int32Array;
  /** Number of components. */
  readonly components: number;
}

/** The lines of an image cut where the value changes: what runs are made of, at any threshold. */
export interface Plateaus {
  readonly layout: Layout;
  /** The first plateau of each line, and the number of all of them. */
  readonly firsts: Int32Array;
  /** Index of the first pixel of a plateau. */
  readonly starts: Int32Array;
  readonly values: Uint8Array;
}

/** Cuts an image into plateaus. */
export function plateausOf(pixels: Uint8Array, layout: Layout): Plateaus {
  const collector = collectPlateaus(layout);
  collector.add(pixels, layout.lines, layout.origin);
  return collector.end();
}

/** Cuts an image into plateaus while its lines come: the pixels of earlier ones need not be kept. */
export function collectPlateaus(layout: Layout) {
  const { length, stride, origin } = layout;
  const firsts = new Int32Array(layout.lines + 1);
  let starts = new Int32Array(Math.max(4096, 2 * length));
  let values = new Uint8Array(starts.length);
  let [line, count] = [0, 0];
  return {
    /** Takes the next lines, the first of which begins at index `from` of `pixels`. */
    add(pixels: Uint8Array, lines: number, from = 0): void {
      for (let i = 0; i < lines; i++, line++) {
        if (count + length > starts.length) {
          starts = enlarged(starts, new Int32Array(2 * starts.length));
          values = enlarged(values, new Uint8Array(starts.length));
        }
        const first = from + i * stride;
        const shift = origin + line * stride - first; // from the index in these pixels to that in the image
        for (let at = first, before = -1; at < first + length; at++) {
          const value = pixels[at] as number;
          if (value === before) continue;
          starts[count] = at + shift;
          values[count++] = value;
          before = value;
        }
        firsts[line + 1] = count;
      }
    },
    end: (): Plateaus => ({ layout, firsts, starts, values }),
  };
}

/** The runs of pixels with `value > above`, and which of them hang together by edges (4) or also by corners (8). */
export function labelRuns(plateaus: Plateaus, above: number, connectivity: Connectivity): LabelledRuns {
  const { layout, firsts, values } = plateaus;
  const { lines, length, stride, origin } = layout;
  let starts = new Int32Array(Math.max(1024, 2 * length));
  let ends = new Int32Array(starts.length);
  let parents = new Int32Array(starts.length); // of a forest whose trees are the components; a root is the first run of its own
  const reach = connectivity === 8 ? 1 : 0;
  let runs = 0;
  let before = 0; // the first run of the line before
  for (let line = 0; line < lines; line++) {
    if (runs + length > starts.length) {
      starts = enlarged(starts, new Int32Array(2 * starts.length));
      ends = enlarged(ends, new Int32Array(starts.length));
      parents = enlarged(parents, new Int32Array(starts.length));
    }
    const first = runs;
    const last = firsts[line + 1] as number;
    for (let i = firsts[line] as number; i < last; i++) {
      if ((values[i] as number) <= above) continue;
      starts[runs] = plateaus.starts[i] as number;
      while (++i < last && (values[i] as number) > above);
      ends[runs] = i < last ? (plateaus.starts[i] as number) : origin + line * stride + length;
      parents[runs] = runs;
      runs++;
    }
    let candidate = before;
    for (let run = first; run < runs; run++) {
      const from = (starts[run] as number) - stride - reach;
      const to = (ends[run] as number) - stride + reach;
      while (candidate < first && (ends[candidate] as number) <= from) candidate++;
      // The last neighbour may also touch the next run, so `candidate` stays.
      for (let other = candidate; other < first && (starts[other] as number) < to; other++) join(parents, run, other);
    }
    before = first;
  }
  // A parent stands before its children, so it has its label when they ask for theirs.
  let components = 0;
  for (let run = 0; run < runs; run++) {
    const parent = parents[run] as number;
    parents[run] = parent === run ? ++components : (parents[parent] as number);
  }
  return { runs, starts, ends, labels: parents, components };
}

/** The runs of pixels of one number that is not 0; a component is all that has one number, whether it hangs together or not. */
export function numberedRuns(numbers: Uint32Array, { lines, length, stride, origin }: Layout): LabelledRuns {
  let starts = new Int32Array(Math.max(1024, 2 * length));
  let ends = new Int32Array(starts.length);
  let labels = new Int32Array(starts.length);
  const labelOf = new Map<number, number>();
  let runs = 0;
  for (let line = 0; line < lines; line++) {
    if (runs + length > starts.length) {
      starts = enlarged(starts, new Int32Array(2 * starts.length));
      ends = enlarged(ends, new Int32Array(starts.length));
      labels = enlarged(labels, new Int32Array(starts.length));
    }
    const end = origin + line * stride + length;
    for (let i = end - length; i < end; ) {
      const from = i;
      const number = numbers[from] as number;
      do i++;
      while (i < end && numbers[i] === number);
      if (number === 0) continue;
      const label = labelOf.get(number) ?? labelOf.size + 1;
      labelOf.set(number, label);
      starts[runs] = from;
      ends[runs] = i;
      labels[runs] = label;
      runs++;
    }
  }
  return { runs, starts, ends, labels, components: labelOf.size };
}

function join(parents: Int32Array, a: number, b: number): void {
  const [rootA, rootB] = [rootOf(parents, a), rootOf(parents, b)];
  if (rootA < rootB) parents[rootB] = rootA;
  else parents[rootA] = rootB;
}

/** The root of a run's tree; halves the path on the way. */
function rootOf(parents: Int32Array, run: number): number {
  let at = run;
  for (let parent = parents[at] as number; parent !== at; parent = parents[at] as number) {
    const grandparent = parents[parent] as number;
    parents[at] = grandparent;
    at = grandparent;
  }
  return at;
}

function enlarged<T extends Int32Array | Uint8Array>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
