import { binarize, type Comparison, compare, type Metric, maskOf, type ProbabilityMap } from "@em-stellar/core";
import {
  accuracy,
  balancedAccuracy,
  confusion,
  dice,
  f1,
  jaccard,
  mcc,
  npv,
  pixelError,
  ppv,
  sensitivity,
  specificity,
  volumeError,
} from "@em-stellar/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const withPositive = [f1, dice, accuracy, sensitivity, specificity, ppv, npv, jaccard];
const withoutPositive = [pixelError, mcc, balancedAccuracy, volumeError];

/** A row of pixels, one digit each: `row("0110")`. */
const row = (pixels: string) => maskOf(pixels.length, 1, (i) => pixels[i] === "1");

function score(metric: Metric, ...pairs: readonly Comparison[]): number | undefined {
  const accumulator = metric.accumulate();
  for (const pair of pairs) accumulator.add(pair);
  return accumulator.result();
}

describe("on 3 true positives, 2 false positives, 4 true negatives and 1 false negative", () => {
  const pair = compare(row("1111000000"), row("1110110000"));
  it.each([
    [f1(), 6 / 9],
    [accuracy(), 7 / 10],
    [sensitivity(), 3 / 4],
    [specificity(), 4 / 6],
    [ppv(), 3 / 5],
    [npv(), 4 / 5],
    [jaccard(), 3 / 6],
    [f1({ positive: "background" }), 8 / 11],
    [accuracy({ positive: "background" }), 7 / 10],
    [sensitivity({ positive: "background" }), 4 / 6],
    [specificity({ positive: "background" }), 3 / 4],
    [ppv({ positive: "background" }), 4 / 5],
    [npv({ positive: "background" }), 3 / 5],
    [jaccard({ positive: "background" }), 4 / 7],
    [dice(), 6 / 9],
    [dice({ positive: "background" }), 8 / 11],
  ])("$id of $options.positive", (metric, expected) => {
    expect(score(metric, pair)).toBe(expected);
  });

  it.each([
    [pixelError(), 3 / 10],
    [mcc(), (3 * 4 - 2 * 1) / Math.sqrt(5 * 4 * 6 * 5)],
    [balancedAccuracy(), (3 / 4 + 4 / 6) / 2],
    [volumeError(), 1 / 4], // 5 pixels called object, 4 are
  ])("$id, which is the same whichever class is positive", (metric, expected) => {
    expect(score(metric, pair)).toBeCloseTo(expected, 15);
  });

  it("parts() names the four counts, from the side of the positive class", () => {
    const accumulator = jaccard().accumulate();
    accumulator.add(pair);
    expect(accumulator.parts?.()).toEqual({ tp: 3, fp: 2, tn: 4, fn: 1 });
    const ofBackground = jaccard({ positive: "background" }).accumulate();
    ofBackground.add(pair);
    expect(ofBackground.parts?.()).toEqual({ tp: 4, fp: 1, tn: 3, fn: 2 });
  });
});

describe("pooling", () => {
  it("adds up the counts of all images before dividing: it is not the mean of the images' scores", () => {
    const small = compare(row("10"), row("10")); // Jaccard 1
    const large = compare(row("11111111"), row("10000000")); // Jaccard 1/8
    expect(score(jaccard(), small, large)).toBe(2 / 9);
  });

  it("an image without objects counts where something was called object in it, and only there", () => {
    const good = compare(row("1100"), row("1100"));
    expect(score(jaccard(), good, compare(row("0000"), row("0000")))).toBe(1);
    expect(score(jaccard(), good, compare(row("0000"), row("0011")))).toBe(1 / 2);
  });
});

describe("volume error", () => {
  const [tooLarge, tooSmall] = [compare(row("110000"), row("111000")), compare(row("111100"), row("110000"))];
  const volumes = (...pairs: readonly Comparison[]) => {
    const accumulator = volumeError().accumulate();
    for (const pair of pairs) accumulator.add(pair);
    return accumulator.parts?.();
  };

  it("has no sign; parts() tells it, with both volumes in pixels", () => {
    expect(score(volumeError(), tooLarge)).toBe(1 / 2);
    expect(score(volumeError(), tooSmall)).toBe(1 / 2);
    expect(volumes(tooLarge)).toEqual({ truth: 2, prediction: 3, excess: 1 });
    expect(volumes(tooSmall)).toEqual({ truth: 4, prediction: 2, excess: -2 });
  });

  it("is that of all images' volumes together, in which too much and too little cancel", () => {
    expect(score(volumeError(), tooLarge, tooSmall)).toBe(1 / 6);
    expect(score(volumeError(), tooLarge, tooLarge, tooSmall)).toBe(0);
    expect(volumes()).toEqual({ truth: 0, prediction: 0, excess: 0 });
  });
});

describe("where the divisor is 0 a score is undefined", () => {
  const nothing = compare(row("0000"), row("0000"));
  const everything = compare(row("1111"), row("1111"));
  it.each([
    [f1(), undefined, 1],
    [accuracy(), 1, 1],
    [sensitivity(), undefined, 1],
    [specificity(), 1, undefined],
    [ppv(), undefined, 1],
    [npv(), 1, undefined],
    [jaccard(), undefined, 1],
    [dice(), undefined, 1],
    [pixelError(), 0, 0],
    [mcc(), undefined, undefined],
    [balancedAccuracy(), undefined, undefined],
    [volumeError(), undefined, 0],
  ])("$id of an image without and one with nothing but object", (metric, ofNothing, ofEverything) => {
    expect(score(metric, nothing)).toBe(ofNothing);
    expect(score(metric, everything)).toBe(ofEverything);
    expect(score(metric)).toBeUndefined();
  });
});

describe("binarising", () => {
  it("takes the truth at 0.5 and the prediction at its own threshold", () => {
    const truth: ProbabilityMap = {
      width: 3,
      height: 1,
      data: Uint8Array.of(127, 128, 255),
      maximum: 255,
      threshold: 0.9,
    };
    const prediction = { width: 3, height: 1, data: Float32Array.of(0.3, 0.3, 0.1), maximum: 1 };
    expect(confusion(compare(truth, { ...prediction, threshold: 0.2 }))).toEqual({ tp: 1, fp: 1, tn: 0, fn: 1 });
    expect(confusion(compare(truth, prediction))).toEqual({ tp: 0, fp: 0, tn: 1, fn: 2 });
  });

  const maps = fc
    .record({
      side: fc.integer({ min: 1, max: 8 }),
      kind: fc.constantFrom("mask", "8-bit", "16-bit", "votes", "float", "scaled"),
    })
    .chain(({ side, kind }) => {
      const length = { minLength: side, maxLength: side };
      const map = (data: fc.Arbitrary<ProbabilityMap["data"]>, maximum: number) =>
        fc
          .record({
            data,
            threshold: fc.option(fc.constantFrom(0, 0.1, 0.2, 0.5, 0.7999999999999999, 1), { nil: 0.5 }),
          })
          .map(({ data, threshold }): ProbabilityMap => ({ width: side, height: 1, data, maximum, threshold }));
      const wholes = (maximum: number) => fc.array(fc.integer({ min: 0, max: maximum }), length);
      if (kind === "mask")
        return map(
          wholes(1).map((values) => Uint8Array.from(values)),
          1,
        );
      if (kind === "8-bit")
        return map(
          wholes(255).map((values) => Uint8Array.from(values)),
          255,
        );
      if (kind === "16-bit")
        return map(
          wholes(65535).map((values) => Uint16Array.from(values)),
          65535,
        );
      if (kind === "votes")
        return map(
          wholes(6).map((values) => Uint16Array.from(values)),
          6,
        );
      const maximum = kind === "float" ? 1 : 255;
      return map(fc.float32Array({ ...length, min: 0, max: maximum, noNaN: true }), maximum);
    });

  it("agrees with core's binarize for every kind of map and threshold", () => {
    fc.assert(
      fc.property(maps, maps, (truth, other) => {
        const prediction = { ...other, width: truth.width, data: other.data.slice(0, truth.width) };
        fc.pre(prediction.data.length === truth.width);
        const [t, p] = [binarize(truth, 0.5), binarize(prediction)];
        const count = (isObject: number, called: number) =>
          t.filter((v, i) => v === isObject && p[i] === called).length;
        expect(confusion(compare(truth, prediction))).toEqual({
          tp: count(1, 1),
          fp: count(0, 1),
          tn: count(0, 0),
          fn: count(1, 0),
        });
      }),
    );
  });
});

it("a prediction of one class tells nothing: MCC is undefined, balanced accuracy 1/2", () => {
  for (const constant of ["0000", "1111"]) {
    expect(score(mcc(), compare(row("0110"), row(constant)))).toBeUndefined();
    expect(score(balancedAccuracy(), compare(row("0110"), row(constant)))).toBe(1 / 2);
  }
});

it("MCC is exactly 1 and -1 at its ends, for counts whose products no double holds", () => {
  const table = (tp: number, fp: number, tn: number, fn: number) => {
    const accumulator = mcc().accumulate();
    // An accumulator asks a comparison for its table alone; a stack of this size does not fit here.
    accumulator.add({ ...compare(row("1"), row("1")), derive: <T>() => ({ tp, fp, tn, fn }) as T });
    return accumulator.result();
  };
  expect(table(123_456_789, 0, 987_654_321, 0)).toBe(1);
  expect(table(0, 123_456_789, 0, 987_654_321)).toBe(-1);
});

it("Dice is F1, and both are 2 J / (1 + J) of Jaccard", () => {
  const bits = fc.string({ unit: fc.constantFrom("0", "1"), minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(bits, bits, fc.constantFrom("object", "background"), (truth, prediction, positive) => {
      const pair = compare(row(truth), row(prediction));
      const [d, f, j] = [dice, f1, jaccard].map((metric) => score(metric({ positive }), pair));
      expect(d).toBe(f);
      if (j === undefined) expect(d).toBeUndefined();
      else expect(d).toBeCloseTo((2 * j) / (1 + j), 12);
    }),
  );
});

it("all pixel metrics ask for the same derivation, which a comparison computes once", () => {
  const { derive, ...maps } = compare(row("1100"), row("1010"));
  const asked = new Set<unknown>();
  const pair: Comparison = {
    ...maps,
    derive(derivation) {
      asked.add(derivation);
      return derive(derivation);
    },
  };
  for (const factory of [...withPositive, ...withoutPositive]) score(factory(), pair);
  expect([...asked]).toEqual([confusion]);
});

it("names the classes there are when given another", () => {
  // @ts-expect-error: no such class
  expect(() => f1({ positive: "mitochondria" })).toThrow(
    'metric "f1" needs "object" or "background" for "positive", but was given "mitochondria".',
  );
});

it("a perfect prediction scores 1 on every metric of a positive class, one that is wrong everywhere 0", () => {
  for (const factory of withPositive) {
    expect(score(factory(), compare(row("1100"), row("1100")))).toBe(1);
    expect(score(factory(), compare(row("1100"), row("0011")))).toBe(0);
  }
});
