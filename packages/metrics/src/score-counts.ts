import { binarize, type Comparison } from "@em-stellar/core";

/**
 * How many object and background pixels got each score: all that ROC and precision-recall curves are made of.
 * A score is a probability as a 32-bit float; what a map holds outside [0, 1] counts as the nearer bound, NaN as 0.
 *
 * ```ts
 * const counts = mergeScoreCounts(comparisons.map((comparison) => comparison.derive(scoreCounts)));
 * const roc = rocCurve(counts); // { thresholds, fpr, tpr }, or undefined
 * const pr = precisionRecallCurve(counts); // { thresholds, recall, precision }, or undefined
 * const sweep = thresholdSweep(counts, [0.4, 0.5, 0.6]); // the confusion table at each threshold
 * ```
 */
export interface ScoreCounts {
  /** The distinct scores, ascending. 8-bit maps have 256 at most, 16-bit maps 65536, float maps one for each pixel. */
  readonly scores: Float32Array;
  /** Object pixels (truth above 0.5) with the score at the same place. */
  readonly objects: Counts;
  /** Background pixels with the score at the same place. */
  readonly background: Counts;
}

/** Whole numbers; 32 bits are enough for any one image and for most stacks. */
type Counts = Uint32Array | Float64Array;

/** Counts the scores of one image. `comparison.derive(scoreCounts)` counts once, however many metrics and curves ask. */
export function scoreCounts({ truth, prediction }: Comparison): ScoreCounts {
  const { ignored } = truth;
  const counts = (_: number, i: number) => ignored?.[i] !== 1;
  const isObject = ignored ? binarize(truth, 0.5).filter(counts) : binarize(truth, 0.5);
  const { maximum } = prediction;
  const data = ignored ? prediction.data.filter(counts) : prediction.data;
  return data instanceof Float32Array ? ofFloats(data, maximum, isObject) : ofWholes(data, maximum, isObject);
}

/** The counts of several images together; none give empty counts. */
export function mergeScoreCounts(images: Iterable<ScoreCounts>): ScoreCounts {
  const merger = scoreCountsMerger();
  for (const counts of images) merger.add(counts);
  return merger.result();
}

/**
 * Merges counts as they come. Neighbours on the stack are merged once the later is as long: 8- and 16-bit images add up
 * in place, and n distinct float scores of k images cost O(n log k).
 */
export function scoreCountsMerger(): { add(counts: ScoreCounts): void; result(): ScoreCounts } {
  const stack: ScoreCounts[] = [];
  const mergeLast = () => {
    const [a, b] = stack.splice(-2) as [ScoreCounts, ScoreCounts];
    stack.push(merged(a, b));
  };
  const length = (back: number) => stack.at(-back)?.scores.length ?? 0;
  return {
    add(counts) {
      stack.push(counts);
      while (stack.length > 1 && length(1) >= length(2) / 2) mergeLast();
    },
    result() {
      while (stack.length > 1) mergeLast();
      return stack[0] ?? { scores: new Float32Array(0), objects: new Uint32Array(0), background: new Uint32Array(0) };
    },
  };
}

function ofWholes(data: Uint8Array | Uint16Array, maximum: number, isObject: Uint8Array): ScoreCounts {
  const objects = new Uint32Array(maximum + 1);
  const background = new Uint32Array(maximum + 1);
  for (let i = 0; i < data.length; i++) {
    const value = Math.min(data[i] as number, maximum);
    if (isObject[i] === 1) objects[value] = (objects[value] as number) + 1;
    else background[value] = (background[value] as number) + 1;
  }
  // In place: what is kept never overtakes what is read.
  const scores = new Float32Array(maximum + 1);
  let distinct = 0;
  for (let value = 0; value <= maximum; value++) {
    const [object, other] = [objects[value] as number, background[value] as number];
    if (object + other === 0) continue;
    scores[distinct] = value / maximum;
    objects[distinct] = object;
    background[distinct++] = other;
  }
  return {
    scores: scores.slice(0, distinct),
    objects: objects.slice(0, distinct),
    background: background.slice(0, distinct),
  };
}

function ofFloats(data: Float32Array, maximum: number, isObject: Uint8Array): ScoreCounts {
  // The bits of the floats from 0 to 1, read as whole numbers, are in the same order and below 2^30: one more holds the class.
  const scores = new Float32Array(data.length);
  for (let i = 0; i < scores.length; i++) {
    const score = (data[i] as number) / maximum;
    scores[i] = score > 0 ? Math.min(score, 1) : 0; // also where it is NaN
  }
  const keys = new Uint32Array(scores.buffer);
  for (let i = 0; i < keys.length; i++) keys[i] = 2 * (keys[i] as number) + (isObject[i] as number);
  const sorted = sortKeys(keys);
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || (sorted[i] as number) >>> 1 !== (sorted[i - 1] as number) >>> 1) distinct++;
  }
  const scoreBits = new Uint32Array(distinct);
  const classes = [new Uint32Array(distinct), new Uint32Array(distinct)] as const;
  const [background, objects] = classes;
  let at = -1;
  for (let i = 0; i < sorted.length; i++) {
    const key = sorted[i] as number;
    if (i === 0 || key >>> 1 !== scoreBits[at]) scoreBits[++at] = key >>> 1;
    const counts = (key & 1) === 1 ? objects : background;
    counts[at] = (counts[at] as number) + 1;
  }
  return { scores: new Float32Array(scoreBits.buffer), objects, background };
}

/** Sorts numbers below 2^31 by 11, 10 and 10 bits; may use the array given as scratch. Twice as fast as `keys.sort()`. */
function sortKeys(keys: Uint32Array): Uint32Array {
  let [from, to]: [Uint32Array, Uint32Array] = [keys, new Uint32Array(keys.length)];
  for (const [shift, digits] of [
    [0, 2048],
    [11, 1024],
    [21, 1024],
  ] as const) {
    const places = new Uint32Array(digits + 1); // where the next key with a digit goes
    for (let i = 0; i < from.length; i++) {
      const after = (((from[i] as number) >>> shift) & (digits - 1)) + 1;
      places[after] = (places[after] as number) + 1;
    }
    for (let digit = 1; digit < digits; digit++)
      places[digit] = (places[digit] as number) + (places[digit - 1] as number);
    for (let i = 0; i < from.length; i++) {
      const key = from[i] as number;
      const digit = (key >>> shift) & (digits - 1);
      const place = places[digit] as number;
      to[place] = key;
      places[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** The counts that one image's or stack's were merged with last, and both together: metrics of the same images merge the same. */
const lastMerges = new WeakMap<ScoreCounts, { readonly other: ScoreCounts; readonly both: ScoreCounts }>();

function merged(a: ScoreCounts, b: ScoreCounts): ScoreCounts {
  const known = lastMerges.get(a);
  if (known?.other === b) return known.both;
  const both = mergeSorted(a, b);
  lastMerges.set(a, { other: b, both });
  return both;
}

function mergeSorted(a: ScoreCounts, b: ScoreCounts): ScoreCounts {
  const [endA, endB] = [a.scores.length, b.scores.length];
  const scores = new Float32Array(endA + endB);
  const objects = countsFor(total(a.objects) + total(b.objects), endA + endB);
  const background = countsFor(total(a.background) + total(b.background), endA + endB);
  let [i, j, at] = [0, 0, 0];
  while (i < endA && j < endB) {
    const [scoreA, scoreB] = [a.scores[i] as number, b.scores[j] as number];
    if (scoreA < scoreB) {
      scores[at] = scoreA;
      objects[at] = a.objects[i] as number;
      background[at++] = a.background[i++] as number;
    } else if (scoreB < scoreA) {
      scores[at] = scoreB;
      objects[at] = b.objects[j] as number;
      background[at++] = b.background[j++] as number;
    } else {
      scores[at] = scoreA;
      objects[at] = (a.objects[i] as number) + (b.objects[j] as number);
      background[at++] = (a.background[i++] as number) + (b.background[j++] as number);
    }
  }
  const [rest, from] = i < endA ? [a, i] : [b, j];
  scores.set(rest.scores.subarray(from), at);
  objects.set(rest.objects.subarray(from), at);
  background.set(rest.background.subarray(from), at);
  at += rest.scores.length - from;
  return { scores: scores.slice(0, at), objects: objects.slice(0, at), background: background.slice(0, at) };
}

function countsFor(largest: number, length: number): Counts {
  return largest < 2 ** 32 ? new Uint32Array(length) : new Float64Array(length);
}

function total(counts: Counts): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
