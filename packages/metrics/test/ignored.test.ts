import { compare, createScorer, type Metric, type ProbabilityMap } from "@em-stellar/core";
import metrics, { confusion, jaccard, pixelError, specificity } from "@em-stellar/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const all = metrics.components.map((make) => make() as Metric); // the plugin of metrics has nothing else
const map = (width: number, data: readonly number[], ignored?: readonly number[]): ProbabilityMap => ({
  width,
  height: data.length / width,
  data: Uint8Array.from(data),
  maximum: 255,
  ...(ignored && { ignored: Uint8Array.from(ignored) }),
});
function scores(truth: ProbabilityMap, prediction: ProbabilityMap, of: readonly Metric[] = all) {
  const scorer = createScorer(of);
  scorer.add("image", compare(truth, prediction));
  return scorer.result().pooled;
}

describe("ignored pixels", () => {
  it("count in no table: 1 found, 1 missed, 1 made up, 2 rightly background of 8 with 3 ignored", () => {
    const truth = map(8, [255, 255, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 1, 1]);
    const prediction = map(8, [255, 0, 255, 0, 0, 255, 0, 255]);
    expect(compare(truth, prediction).derive(confusion)).toEqual({ tp: 1, fn: 1, fp: 1, tn: 2 });
    expect(scores(truth, prediction, [pixelError(), jaccard(), specificity()])).toEqual({
      "pixel-error": 2 / 5,
      jaccard: 1 / 3,
      specificity: 2 / 3,
    });
  });

  const sides = fc.constantFrom(6, 9);
  const values = fc.constantFrom(0, 0, 90, 200, 255);
  const pairs = sides.chain((width) =>
    fc.record({
      width: fc.constant(width),
      truth: fc.array(fc.constantFrom(0, 0, 255), { minLength: width * 6, maxLength: width * 6 }),
      prediction: fc.array(values, { minLength: width * 6, maxLength: width * 6 }),
      other: fc.array(values, { minLength: width * 6, maxLength: width * 6 }),
      ignored: fc.array(fc.constantFrom(0, 0, 1), { minLength: width * 6, maxLength: width * 6 }),
    }),
  );

  it("change no score of any metric, whatever was predicted there", () => {
    fc.assert(
      fc.property(pairs, ({ width, truth, prediction, other, ignored }) => {
        const marked = map(width, truth, ignored);
        const changed = prediction.map((value, i) => (ignored[i] === 1 ? (other[i] as number) : value));
        expect(scores(marked, map(width, changed))).toEqual(scores(marked, map(width, prediction)));
      }),
      { numRuns: 60, seed: 13 },
    );
  });

  it("are as if they were cut off, to all metrics of pixels and rankings", () => {
    const ofPixels = all.filter(({ words: { family } }) => family === "pixels" || family === "ranking");
    expect(ofPixels.length).toBeGreaterThan(8);
    fc.assert(
      fc.property(pairs, ({ width, truth, prediction }) => {
        const rows = width * 2; // cut off
        const kept = truth.length - rows;
        const ignored = truth.map((_, i) => +(i >= kept));
        expect(scores(map(width, truth, ignored), map(width, prediction), ofPixels)).toEqual(
          scores(map(width, truth.slice(0, kept)), map(width, prediction.slice(0, kept)), ofPixels),
        );
      }),
      { numRuns: 60, seed: 13 },
    );
  });
});
