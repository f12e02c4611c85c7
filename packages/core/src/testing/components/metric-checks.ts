import { compare } from "../../comparison.js";
import { isBetter } from "../../judgement/compare-scores.js";
import type { Metric, MetricParts } from "../../metric.js";
import { createRandom } from "../../random.js";
import type { ProbabilityMap } from "../../raster.js";
import { fault, isClose } from "./subject.js";

interface Pair {
  readonly what: string;
  readonly truth: ProbabilityMap;
  readonly prediction: ProbabilityMap;
}

const [width, height] = [12, 9];

/** What every metric must do. */
export function metricChecks(metric: Metric): Readonly<Record<string, () => void>> {
  return {
    "stays within its range": () => checkRange(metric),
    "gives nothing a better score than the truth itself": () => checkBest(metric),
    "reads a map in any number format": () => checkStorage(metric),
    "pools images in any order": () => checkOrder(metric),
    "gives the same score again": () => checkRepeat(metric),
    ...(metric.fromParts && { "has parts that add up": () => checkParts(metric) }),
  };
}

/** A disc of 0 and 255. */
function disc(x: number, y: number, radius: number): ProbabilityMap {
  return mapOf((i) => (Math.hypot((i % width) - x, Math.floor(i / width) - y) < radius ? 255 : 0));
}

function mapOf(value: (index: number) => number): ProbabilityMap {
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => value(i)), maximum: 255 };
}

function pairs(): Pair[] {
  const random = createRandom("metric-checks");
  const noise = mapOf(() => random.integer(256));
  const [truth, shifted, none, all] = [disc(5, 4, 3), disc(7, 4, 3), mapOf(() => 0), mapOf(() => 255)];
  const turned = mapOf((i) => 255 - (truth.data[i] as number));
  return [
    { what: "the truth itself", truth, prediction: truth },
    { what: "a shifted disc", truth, prediction: shifted },
    { what: "noise", truth, prediction: noise },
    { what: "the truth turned over", truth, prediction: turned },
    { what: "nothing where there is an object", truth, prediction: none },
    { what: "object everywhere", truth, prediction: all },
    { what: "an object where there is none", truth: none, prediction: truth },
    { what: "nothing where there is nothing", truth: none, prediction: none },
    { what: "object everywhere where there is object everywhere", truth: all, prediction: all },
  ];
}

function scoreOf(metric: Metric, ...compared: readonly Pair[]): number | undefined {
  const accumulator = metric.accumulate();
  for (const { truth, prediction } of compared) accumulator.add(compare(truth, prediction));
  return accumulator.result();
}

function checkRange(metric: Metric): void {
  const [low, high] = metric.range;
  for (const pair of pairs()) {
    const score = scoreOf(metric, pair);
    if (score === undefined) continue;
    if (!Number.isFinite(score)) {
      throw fault(metric, `gives ${score} for ${pair.what}. Where a score is not defined, result() returns undefined.`);
    }
    if ((low !== null && score < low - 1e-9) || (high !== null && score > high + 1e-9)) {
      throw fault(metric, `gives ${score} for ${pair.what}, outside its range ${JSON.stringify(metric.range)}.`);
    }
  }
  const nothing = metric.accumulate().result();
  if (nothing !== undefined && !Number.isFinite(nothing)) {
    throw fault(metric, `gives ${nothing} for no image at all. Return undefined where nothing was added.`);
  }
}

function checkBest(metric: Metric): void {
  const [perfect, ...others] = pairs().filter(({ truth }) => truth.data.includes(0) && truth.data.includes(255));
  const best = perfect && scoreOf(metric, perfect);
  if (best === undefined) {
    throw fault(
      metric,
      "is not defined if the prediction equals the truth (a disc), so no method could reach a score.",
    );
  }
  for (const pair of others) {
    const score = scoreOf(metric, pair);
    if (score === undefined || !isBetter(metric.goal, score, best) || isClose(score, best)) continue;
    throw fault(
      metric,
      `gives ${score} for ${pair.what}, and ${best} for the truth itself, which should be the best. Its goal is "${metric.goal}": is that right?`,
    );
  }
}

function checkStorage(metric: Metric): void {
  for (const pair of pairs()) {
    const asFloats = ({ data, ...map }: ProbabilityMap): ProbabilityMap => ({
      ...map,
      data: Float32Array.from(data, (value) => value / 255),
      maximum: 1,
    });
    const [bytes, floats] = [
      scoreOf(metric, pair),
      scoreOf(metric, { ...pair, prediction: asFloats(pair.prediction) }),
    ];
    if (bytes === floats || isClose(bytes ?? Number.NaN, floats ?? Number.NaN, 1e-6)) continue;
    throw fault(
      metric,
      `gives ${bytes} for ${pair.what} as numbers from 0 to 255, and ${floats} for the same as numbers from 0 to 1. A probability is data / maximum: use binarize(map) or probabilities(map).`,
    );
  }
}

function checkOrder(metric: Metric): void {
  const images = pairs().slice(1, 4);
  const [forth, back] = [scoreOf(metric, ...images), scoreOf(metric, ...images.toReversed())];
  if (forth === back || isClose(forth ?? Number.NaN, back ?? Number.NaN)) return;
  throw fault(metric, `gives ${forth} for three images and ${back} for the same in the other order.`);
}

function checkRepeat(metric: Metric): void {
  for (const pair of pairs()) {
    const before = [[...pair.truth.data], [...pair.prediction.data]];
    const first = scoreOf(metric, pair);
    if (String(before) !== String([[...pair.truth.data], [...pair.prediction.data]])) {
      throw fault(metric, "changes the images that it is given. Work on a copy: data.slice().");
    }
    const again = scoreOf(metric, pair);
    if (first !== again) {
      throw fault(
        metric,
        `gives ${first} for ${pair.what}, and then ${again} for the same. Keep sums inside accumulate(): each call starts afresh.`,
      );
    }
  }
}

function checkParts(metric: Metric): void {
  const images = pairs();
  const sums: Record<string, number> = {};
  for (const pair of images) {
    const accumulator = metric.accumulate();
    accumulator.add(compare(pair.truth, pair.prediction));
    const parts: Partial<MetricParts> | undefined = accumulator.parts?.();
    if (!parts) throw fault(metric, "has fromParts, but its accumulator has no parts(). Return what adds up, by name.");
    for (const [name, part] of Object.entries(parts)) {
      if (!Number.isFinite(part)) {
        throw fault(
          metric,
          `has ${part} as its part "${name}" for ${pair.what}. Give 0 where there is nothing to count.`,
        );
      }
      sums[name] = (sums[name] ?? 0) + (part as number); // finite, so a number
    }
  }
  const [pooled, joined] = [scoreOf(metric, ...images), metric.fromParts?.(sums)];
  if (pooled === joined || isClose(pooled ?? Number.NaN, joined ?? Number.NaN)) return;
  throw fault(
    metric,
    `gives ${pooled} for all images together, and ${joined} from the sums of their parts. Leave fromParts out if the score is not made of sums.`,
  );
}
