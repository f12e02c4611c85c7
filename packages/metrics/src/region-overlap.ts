import type { Comparison, ProbabilityMap } from "@em-stellar/core";
import { columnsOf, toColumns } from "./columns.js";
import { numbersWithin } from "./object-overlaps.js";
import { type LabelledRuns, labelRuns, numberedRuns, type Plateaus, plateausOf } from "./runs.js";
import { createFlood } from "./watershed.js";

/**
 * Thresholds at which objects are compared: 0, 0.1, … as sums of 0.1, which is how Fiji makes them. The last is a hair
 * below 1, so that pixels of probability 1 remain.
 */
export const objectThresholds: readonly number[] = thresholdsUpTo(1);

function thresholdsUpTo(last: number): number[] {
  const thresholds: number[] = [];
  for (let threshold = 0; threshold <= last; threshold += 0.1) thresholds.push(threshold);
  return thresholds;
}

/**
 * How the true objects of an image overlap the predicted regions, at one threshold. Only pixels of true
 * objects count. Each of them that lies on a line between regions is a region of its own.
 */
export interface RegionOverlap {
  readonly threshold: number;
  /** Pixels of true objects. */
  readonly pixels: number;
  /** Number of true objects. */
  readonly objects: number;
  /** Number of predicted regions that hold some of those pixels. */
  readonly regions: number;
  /** Ordered pairs of pixels, a pixel with itself included, that lie together. */
  readonly pairs: {
    /** In the same true object. */
    readonly objects: number;
    /** In the same predicted region. */
    readonly regions: number;
    /** In both. */
    readonly both: number;
  };
  /** How much it tells, in nats and for all pixels together, to know a pixel's true object, its region, and both. */
  readonly information: { readonly objects: number; readonly regions: number; readonly both: number };
}

/**
 * The overlap at each of the {@link objectThresholds}. Truth and prediction are both binarised there; objects are
 * 4-connected components of the truth, regions the `watershed` of the prediction. Where a map numbers its `instances`, those
 * are its objects, and the seeds of its regions.
 * `comparison.derive(regionOverlaps)` computes them once, however many metrics ask.
 */
export function regionOverlaps({ truth, prediction }: Comparison): RegionOverlap[] {
  const columns = columnsOf(truth.width, truth.height);
  const truthLevels = toColumns(columns, levelsOf(truth));
  const levels = toColumns(columns, levelsOf(prediction));
  const truthPlateaus = plateausOf(truthLevels, columns);
  const plateaus = plateausOf(levels, columns);
  const joint = jointHistogram(truthLevels, levels);
  const runsOf = (map: ProbabilityMap, above: Plateaus, pixels: Uint8Array, level: number): LabelledRuns => {
    if (!map.instances) return labelRuns(above, level, 4);
    const isObject = pixels.map((value) => +(value > level));
    return numberedRuns(numbersWithin(isObject, toColumns(columns, map.instances)), columns);
  };
  const flood = createFlood(columns);
  const overlaps: RegionOverlap[] = [];
  let objects: Objects | undefined;
  let regions: Int32Array | undefined;
  let seeds: LabelledRuns | undefined;
  for (const [level, threshold] of objectThresholds.entries()) {
    // Where no pixel lies between this threshold and the one before, nothing changes.
    const sameTruth = level > 0 && sumOf(joint, (t) => t === level) === 0;
    const samePrediction = level > 0 && sumOf(joint, (_, p) => p === level) === 0;
    if (!sameTruth || !objects) objects = objectsOf(runsOf(truth, truthPlateaus, truthLevels, level));
    if (!samePrediction || !seeds || !regions) {
      seeds = runsOf(prediction, plateaus, levels, level);
      const count = sumOf(joint, (t, p) => t > level && p <= level);
      // A later truth is part of this one: what it needs is settled now.
      regions = flood(seeds, { values: truthLevels, above: level, count });
    }
    const before = overlaps.at(-1);
    overlaps.push(
      before && sameTruth && samePrediction
        ? { ...before, threshold }
        : overlapOf(threshold, objects, regions, Math.max(1, seeds.components)),
    );
  }
  return overlaps;
}

/** How many of the thresholds each pixel is above, row by row. */
function levelsOf({ data, maximum }: ProbabilityMap): Uint8Array {
  const levels = new Uint8Array(data.length);
  if (data instanceof Float32Array) {
    for (let i = 0; i < data.length; i++) levels[i] = levelOf(Math.fround((data[i] as number) / maximum));
  } else {
    const levelOfValue = new Uint8Array(data instanceof Uint8Array ? 256 : 65536);
    for (let value = 0; value < levelOfValue.length; value++)
      levelOfValue[value] = levelOf(Math.fround(value / maximum));
    for (let i = 0; i < data.length; i++) levels[i] = levelOfValue[data[i] as number] as number;
  }
  return levels;
}

function levelOf(probability: number): number {
  let level = 0;
  while (level < objectThresholds.length && probability > (objectThresholds[level] as number)) level++;
  return level;
}

/** Number of elements by both levels, that of the truth first. */
function jointHistogram(truth: Uint8Array, prediction: Uint8Array): Uint32Array {
  const side = objectThresholds.length + 1;
  const joint = new Uint32Array(side * side);
  for (let i = 0; i < truth.length; i++) {
    const cell = (truth[i] as number) * side + (prediction[i] as number);
    joint[cell] = (joint[cell] as number) + 1;
  }
  return joint;
}

function sumOf(joint: Uint32Array, chosen: (truth: number, prediction: number) => boolean): number {
  const side = objectThresholds.length + 1;
  return joint.reduce((sum, count, cell) => (chosen(Math.floor(cell / side), cell % side) ? sum + count : sum), 0);
}

/** The runs of a mask, one object after another. */
interface Objects {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Where the runs of an object begin; one entry more than objects. */
  readonly firsts: Int32Array;
}

function objectsOf({ runs, starts, ends, labels, components }: LabelledRuns): Objects {
  const firsts = new Int32Array(components + 1);
  for (let run = 0; run < runs; run++) {
    const label = labels[run] as number;
    firsts[label] = (firsts[label] as number) + 1;
  }
  for (let object = 1; object <= components; object++) {
    firsts[object] = (firsts[object] as number) + (firsts[object - 1] as number);
  }
  const next = firsts.slice();
  const sorted = { starts: new Int32Array(runs), ends: new Int32Array(runs), firsts };
  for (let run = 0; run < runs; run++) {
    const object = (labels[run] as number) - 1;
    const place = next[object] as number;
    sorted.starts[place] = starts[run] as number;
    sorted.ends[place] = ends[run] as number;
    next[object] = place + 1;
  }
  return sorted;
}

/** Counts the pixels of each object in each region (`regions` holds numbers up to `last`; lines are not above 0). */
function overlapOf(
  threshold: number,
  { starts, ends, firsts }: Objects,
  regions: Int32Array,
  last: number,
): RegionOverlap {
  const objects = firsts.length - 1;
  let pixels = 0;
  for (let run = 0; run < starts.length; run++) pixels += (ends[run] as number) - (starts[run] as number);
  const told = (count: number) => count * Math.log(pixels / count);
  const pairs = { objects: 0, regions: 0, both: 0 };
  const information = { objects: 0, regions: 0, both: 0 };
  const inRegion = new Int32Array(last + 1); // pixels of all objects
  const here = new Int32Array(last + 1); // pixels of one object
  const touched = new Int32Array(last + 1); // regions that it has pixels in
  let onLines = 0;
  for (let object = 0; object < objects; object++) {
    let size = 0;
    let touches = 0;
    for (let run = firsts[object] as number; run < (firsts[object + 1] as number); run++) {
      const end = ends[run] as number;
      size += end - (starts[run] as number);
      for (let i = starts[run] as number; i < end; ) {
        const from = i;
        const region = regions[from] as number;
        do i++;
        while (i < end && regions[i] === region);
        if (region <= 0) onLines += i - from;
        else {
          if (here[region] === 0) touched[touches++] = region;
          here[region] = (here[region] as number) + i - from;
        }
      }
    }
    pairs.objects += size * size;
    information.objects += told(size);
    for (let t = 0; t < touches; t++) {
      const region = touched[t] as number;
      const count = here[region] as number;
      here[region] = 0;
      inRegion[region] = (inRegion[region] as number) + count;
      pairs.both += count * count;
      information.both += told(count);
    }
  }
  let holding = onLines;
  for (let region = 1; region <= last; region++) {
    const count = inRegion[region] as number;
    if (count === 0) continue;
    holding++;
    pairs.regions += count * count;
    information.regions += told(count);
  }
  const alone = onLines === 0 ? 0 : onLines * told(1);
  return {
    threshold,
    pixels,
    objects,
    regions: holding,
    pairs: { objects: pairs.objects, regions: pairs.regions + onLines, both: pairs.both + onLines },
    information: {
      objects: information.objects,
      regions: information.regions + alone,
      both: information.both + alone,
    },
  };
}
