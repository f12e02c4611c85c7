import {
  type AnyRegistry,
  compare,
  createScorer,
  type ImageScores,
  nextTurn,
  type ProbabilityMap,
  type StopSignal,
  type ThresholdCurves,
} from "@em-stellar/core";
import {
  type DecodedImage,
  type Place,
  readValues,
  storedValues,
  takeCensus,
  type ValueCensus,
  type ValueReading,
} from "@em-stellar/data";
import { type ChosenMetric, makeMetric } from "./choose-metrics.js";
import type { Counting, PixelCounts } from "./counting.js";
import { sameObjects } from "./same-objects.js";
import { curvesOf } from "./threshold-curves.js";

/** Reads every image of a set once: can all be used, and what do their numbers mean? */
export interface InspectTask<P extends Place = Place> {
  readonly type: "inspect";
  readonly places: readonly P[];
}

export interface Inspection {
  /** What each image's numbers look like, in order. */
  readonly censuses: readonly ValueCensus[];
  /** SHA-256 over sizes and stored numbers, in order. */
  readonly hash: string;
}

/** Decodes every image of a set once, to see whether that can be done. */
export interface DecodeTask<P extends Place = Place> {
  readonly type: "decode";
  readonly places: readonly P[];
}

/** Scores one method against the truth, image by image. */
export interface ScoreTask<P extends Place = Place> {
  readonly type: "score";
  readonly truth: ScaledSet<P>;
  readonly predictions: ScaledSet<P>;
  /** Ids of the images, in order. */
  readonly images: readonly string[];
  readonly metrics: readonly ChosenMetric[];
  readonly threshold: number;
  /** Rounds floats to 16 bits, so that what is kept of them does not grow with the number of images. */
  readonly round: boolean;
}

/** Images with what their numbers mean. */
export interface ScaledSet<P extends Place = Place> {
  readonly places: readonly P[];
  /** One for each image. */
  readonly readings: readonly ValueReading[];
}

export interface MethodScores {
  readonly pooled: Record<string, number | null>;
  readonly perImage: readonly ImageScores[];
  readonly curves: ThresholdCurves;
  /** Pixels by what they are and what they were called, over all images. */
  readonly table: PixelCounts;
  /** Whether truth and prediction number the same objects in every image, or number none. */
  readonly sameObjects: boolean;
  /** Truth pixels between background and object. */
  readonly grey: number;
  readonly seconds: number;
}

/** What a task is done with. */
export interface TaskTools<P extends Place = Place> {
  /** Where metrics are made. */
  readonly registry: AnyRegistry;
  readonly counting: Counting;
  /** Decodes one image. Throws `InputError` naming it where it cannot be used. */
  readonly read: (place: P) => Promise<DecodedImage>;
  /** A new SHA-256, as that of Node. */
  readonly createHash: () => Hash;
}

interface Hash {
  update(data: Uint8Array | string): unknown;
  digest(encoding: "hex"): string;
}

/** What a worker does. Plain data, like its result. */
export type Task<P extends Place = Place> = InspectTask<P> | DecodeTask<P> | ScoreTask<P>;
export type ResultOf<T extends Task> = Results[T["type"]];

interface Results {
  readonly inspect: Inspection;
  readonly decode: undefined;
  readonly score: MethodScores;
}

/** Does a task; `onImage` is told after each image, when it also looks at the signal. One image is in memory at a time. */
export async function perform<P extends Place, T extends Task<P>>(
  task: T,
  tools: TaskTools<P>,
  onImage: () => void,
  signal?: StopSignal,
): Promise<ResultOf<T>> {
  const pause = async () => {
    onImage();
    await nextTurn(); // let signals and a display through
    signal?.throwIfAborted();
  };
  const work = async () => {
    if (task.type === "inspect") return inspect(task, tools, pause);
    return task.type === "score" ? scoreMethod(task, tools, pause) : decode(task, tools, pause);
  };
  return (await work()) as ResultOf<T>; // the type of the task was just looked at
}

async function decode<P extends Place>(
  { places }: DecodeTask<P>,
  { read }: TaskTools<P>,
  pause: () => Promise<void>,
): Promise<undefined> {
  for (const place of places) {
    await read(place);
    await pause();
  }
}

async function inspect<P extends Place>(
  { places }: InspectTask<P>,
  { read, createHash }: TaskTools<P>,
  pause: () => Promise<void>,
): Promise<Inspection> {
  const hash = createHash();
  const censuses: ValueCensus[] = [];
  for (const place of places) {
    const values = storedValues(await read(place), place.name);
    const census = takeCensus(place.name, values, place.shown);
    censuses.push(census);
    const { data } = values;
    hash.update(`${values.width} ${values.height} ${census.bits}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    await pause();
  }
  return { censuses, hash: hash.digest("hex") };
}

async function scoreMethod<P extends Place>(
  { truth, predictions, images, metrics, threshold, round }: ScoreTask<P>,
  { registry, counting, read }: TaskTools<P>,
  pause: () => Promise<void>,
): Promise<MethodScores> {
  const started = Date.now();
  const scorer = createScorer(metrics.map((metric) => makeMetric(metric, registry)));
  const counts = counting.scoreCountsMerger();
  const table = { tp: 0, fp: 0, tn: 0, fn: 0 };
  let grey = 0;
  let same = true;
  for (const [i, image] of images.entries()) {
    const truthMap = await readMap(truth, i, read);
    const map = await readMap(predictions, i, read);
    const prediction = { ...(round ? rounded(map) : map), threshold };
    const comparison = compare(truthMap, prediction);
    scorer.add(image, comparison);
    counts.add(comparison.derive(counting.scoreCounts));
    const called = comparison.derive(counting.confusion);
    for (const key of ["tp", "fp", "tn", "fn"] as const) table[key] += called[key];
    grey += countGrey(truthMap);
    same &&= sameObjects(truthMap, prediction);
    await pause();
  }
  return {
    ...scorer.result(),
    curves: curvesOf(counts.result(), threshold, counting),
    table,
    sameObjects: same,
    grey,
    seconds: (Date.now() - started) / 1000,
  };
}

/** One image of a set as a map. */
export async function readMap<P extends Place>(
  { places, readings }: ScaledSet<P>,
  index: number,
  read: TaskTools<P>["read"],
): Promise<ProbabilityMap> {
  const place = places[index] as P; // callers count within the set
  return readValues(storedValues(await read(place), place.name), readings[index] as ValueReading, place.name);
}

/** A float map in 16 bits; half rounds down, so that what is not above 0.5 stays so. */
function rounded(map: ProbabilityMap): ProbabilityMap {
  const { data, maximum } = map;
  if (!(data instanceof Float32Array)) return map;
  return {
    ...map,
    data: Uint16Array.from(data, (value) => Math.ceil((value / maximum) * 65535 - 0.5)),
    maximum: 65535,
  };
}

function countGrey({ data, maximum }: ProbabilityMap): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value !== 0 && value !== maximum) count++;
  }
  return count;
}
