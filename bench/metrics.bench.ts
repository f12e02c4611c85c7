/**
 * How long the paper's segmentation scores take on one thread: V_Rand and V_Info together at 11 thresholds, beside the
 * same definitions written down pixel by pixel; a stack whose slices are scored one after another; AUC and average
 * precision. Times are the processor's, the least of several repeats, so that a busy machine disturbs them less.
 * With EM_STELLAR_DATA set, the cardiac images and the paper's released predictions of them are scored, too.
 * `npm run bench metrics`; the numbers also go to bench/results/metrics.json.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { compare, createRandom, type Metric, type ProbabilityMap } from "@em-stellar/core";
import { drawPhantom, readProbabilityPng } from "@em-stellar/data";
import { aucRoc, averagePrecision, objectThresholds, vInfo, vRand } from "@em-stellar/metrics";
import { naiveScore } from "../packages/metrics/test/naive-split-merge.js";

interface Pair {
  readonly truth: ProbabilityMap;
  readonly prediction: ProbabilityMap;
}

interface Measurement {
  readonly case: string;
  readonly images: number;
  readonly megapixels: number;
  readonly seconds: number;
  readonly values: Readonly<Record<string, number | undefined>>;
  readonly [extra: string]: unknown;
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function fastest<T>(repeats: number, run: () => T): { seconds: number; value: T } {
  let best: { seconds: number; value: T } | undefined;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = processorSeconds();
    const value = run();
    const seconds = processorSeconds() - start;
    if (!best || seconds < best.seconds) best = { seconds, value };
  }
  if (!best) throw new Error("At least one repeat is needed.");
  return best;
}

function scores(metrics: readonly Metric[], pairs: Iterable<Pair>): Measurement["values"] {
  const accumulators = metrics.map((metric) => ({ id: metric.id, pooled: metric.accumulate() }));
  for (const { truth, prediction } of pairs) {
    const comparison = compare(truth, prediction);
    for (const { pooled } of accumulators) pooled.add(comparison);
  }
  return Object.fromEntries(accumulators.map(({ id, pooled }) => [id, pooled.result()]));
}

/** A phantom's mitochondria, and what a network might make of them: blurred, uneven, here and there wrong. */
function phantomPairs(side: number, count: number): Pair[] {
  return Array.from({ length: count }, (_, z): Pair => {
    const style = { contrast: 0.5, noise: 0.06, unevenness: 0.15, mitochondria: 4, darkBodies: 2 };
    const { mask } = drawPhantom(`bench ${z}`, side, style);
    const random = createRandom(z);
    const patches = Array.from({ length: Math.ceil(side / 16) ** 2 }, () => random.uniform(-0.7, 0.7));
    const uneven = Float32Array.from(mask, (value, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return value + (patches[Math.floor(y / 16) * Math.ceil(side / 16) + Math.floor(x / 16)] ?? 0);
    });
    const smooth = boxBlur(boxBlur(uneven, side), side);
    const size = { width: side, height: side, maximum: 255 };
    return {
      truth: { ...size, data: mask.map((value) => 255 * value) },
      prediction: { ...size, data: Uint8Array.from(smooth, (p) => Math.round(255 * Math.min(1, Math.max(0, p)))) },
    };
  });
}

/** Mean over 9 pixels along a row, wrapped and turned, so that two make a blur of a square. */
function boxBlur(values: Float32Array, side: number): Float32Array {
  const blurred = new Float32Array(values.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let d = -4; d <= 4; d++) sum += values[y * side + ((x + d + side) % side)] as number;
      blurred[x * side + y] = sum / 9;
    }
  }
  return blurred;
}

function noisePairs(side: number, count: number): Pair[] {
  const random = createRandom("noise");
  const map = (): ProbabilityMap => ({
    width: side,
    height: side,
    maximum: 255,
    data: Uint8Array.from({ length: side * side }, () => random.integer(256)),
  });
  return Array.from({ length: count }, () => ({ truth: map(), prediction: map() }));
}

function cardiacPairs(data: string): Map<string, Pair[]> {
  const read = (...path: string[]): ProbabilityMap => {
    const file = join(data, "cardiac", ...path);
    return readProbabilityPng(readFileSync(file), file);
  };
  const images = ["A0004.png", "B0004.png", "C0004.png", "D0004.png"];
  const methods = readdirSync(join(data, "cardiac", "released-predictions"));
  return new Map(
    methods.map((method) => [
      method,
      images.map((image) => ({
        truth: read("test", "masks", image),
        prediction: read("released-predictions", method, image),
      })),
    ]),
  );
}

/** Both scores at every threshold, by the definitions. */
function naively(pairs: readonly Pair[]): Measurement["values"] {
  const means = objectThresholds.map((threshold) => {
    const each = pairs.map((pair) => naiveScore([pair], threshold));
    const mean = (of: "vRand" | "vInfo") => each.reduce((sum, score) => sum + score[of], 0) / each.length;
    return { vRand: mean("vRand"), vInfo: mean("vInfo") };
  });
  return {
    "v-rand": Math.max(...means.map(({ vRand }) => vRand)),
    "v-info": Math.max(...means.map(({ vInfo }) => vInfo)),
  };
}

const results: Measurement[] = [];

function report(
  name: string,
  images: number,
  pixels: number,
  seconds: number,
  values: Measurement["values"],
  extra = {},
) {
  results.push({ case: name, images, megapixels: pixels / 1e6, seconds, values, ...extra });
  const shown = Object.entries(values).map(([id, value]) => `${id} ${value?.toFixed(5) ?? "undefined"}`);
  const rest = Object.entries(extra).map(([what, value]) => `, ${what} ${value}`);
  console.log(`  ${name.padEnd(44)} ${seconds.toFixed(3).padStart(7)} s   ${shown.join(", ")}${rest.join("")}`);
}

console.log("V_Rand and V_Info at 11 thresholds");
const sets = new Map([
  ["4 phantoms of 512²", phantomPairs(512, 4)],
  ["4 images of noise, 512²", noisePairs(512, 4)],
]);
const data = process.env.EM_STELLAR_DATA;
if (data) for (const [method, pairs] of cardiacPairs(data)) sets.set(`4 cardiac images of 512², ${method}`, pairs);
const segmentation = [vRand(), vInfo()];
for (const [name, pairs] of sets) {
  const { seconds, value } = fastest(10, () => scores(segmentation, pairs));
  report(name, 4, 4 * 512 ** 2, seconds, value);
}

const [[firstName, firstPairs]] = [...sets].slice(-1) as [[string, Pair[]]];
const naive = fastest(1, () => naively(firstPairs.slice(0, 1)));
const ours = fastest(10, () => scores(segmentation, firstPairs.slice(0, 1)));
const ratio = (naive.seconds / ours.seconds).toFixed(0);
report(`one of them, pixel by pixel (${firstName})`, 1, 512 ** 2, naive.seconds, naive.value, { "times ours": ratio });

console.log("\nA stack of 30 slices of 1024², one after another, V_Rand and V_Info");
const slices = phantomPairs(1024, 3);
const memory: number[] = [];
function* stack() {
  for (let z = 0; z < 30; z++) {
    const { truth, prediction } = slices[z % slices.length] as Pair;
    yield { truth, prediction: { ...prediction, data: prediction.data.slice() } };
    memory.push(process.memoryUsage().rss / 2 ** 20);
  }
}
const whole = fastest(1, () => scores(segmentation, stack()));
const highest = (values: number[]) => `${Math.max(...values).toFixed(0)} MiB`;
report("30 phantoms of 1024²", 30, 30 * 1024 ** 2, whole.seconds, whole.value, {
  "highest memory in slices 1-10": highest(memory.slice(0, 10)),
  "in slices 21-30": highest(memory.slice(20)),
});

console.log("\nAUC and average precision of 10 million pixels");
const random = createRandom("scores");
const size = { width: 4000, height: 2500 };
const truth: ProbabilityMap = {
  ...size,
  maximum: 1,
  data: Uint8Array.from({ length: size.width * size.height }, () => random.integer(2)),
};
const floats = Float32Array.from(truth.data, (isObject) => (random.next() + random.next() + isObject) / 3);
for (const [kind, prediction] of [
  ["8-bit", { ...size, maximum: 255, data: Uint8Array.from(floats, (p) => 255 * p) }],
  ["16-bit", { ...size, maximum: 65535, data: Uint16Array.from(floats, (p) => 65535 * p) }],
  ["float", { ...size, maximum: 1, data: floats }],
] as const) {
  const { seconds, value } = fastest(3, () => scores([aucRoc(), averagePrecision()], [{ truth, prediction }]));
  report(kind, 1, floats.length, seconds, value);
}

writeFileSync(
  new URL("results/metrics.json", import.meta.url),
  `${JSON.stringify({ processor: cpus()[0]?.model, node: process.version, results }, null, 2)}\n`,
);
