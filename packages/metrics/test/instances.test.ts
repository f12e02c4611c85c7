import { compare, type ProbabilityMap } from "@em-stellar/core";
import { adaptedRandError, ap50, f1, objectF1, vInfo, voiMerge, voiSplit, vRand } from "@em-stellar/metrics";
import { assert, constantFrom, integer, property, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { drawn, parts, score } from "./masks.js";

/** A mask whose digits number its objects. */
function numbered(...rows: string[]): ProbabilityMap {
  const pixels = [...rows.join("")].map((digit) => Number(digit.replace(".", "0")));
  return {
    ...drawn(...rows.map((row) => row.replace(/\d/g, "#"))),
    instances: Uint32Array.from(pixels),
  };
}

const apart = numbered("111122222..33", "111122222..33");
const joined = numbered("111111111..33", "111111111..33");

describe("objects that touch and are numbered", () => {
  it("stay apart: of three objects, two joined, one is found by more than half and one is not", () => {
    // The joined object has 18 pixels: it overlaps object 1 by 8/18 and object 2 by 10/18; object 3 is found.
    const pair = compare(apart, joined);
    expect(parts(ap50(), pair)).toMatchObject({ tp: 2, fp: 0, fn: 1 });
    expect(score(ap50(), pair)).toBe(2 / 3);
    expect(score(objectF1(), pair)).toBe(4 / 5);
    expect(score(f1(), pair)).toBe(1); // in every pixel
    for (const metric of [ap50(), objectF1(), vRand()]) expect(score(metric, compare(apart, apart)), metric.id).toBe(1);
  });

  it("are split and merged in partitions: of 22 pixels, 8 and 10 share a region that should be two", () => {
    const [entropy, all] = [-(8 * Math.log2(8 / 18) + 10 * Math.log2(10 / 18)) / 22, compare(apart, joined)];
    expect(score(voiMerge(), all)).toBeCloseTo(entropy, 12);
    expect(score(voiSplit(), all)).toBe(0);
    expect(score(voiSplit(), compare(joined, apart))).toBeCloseTo(entropy, 12);
    // Σ c² = Σ t² = 8² + 10² + 4², Σ s² = 18² + 4².
    expect(score(adaptedRandError(), all)).toBeCloseTo(1 - (2 * 180) / (180 + 340), 12);
    // The same pairs, with no line between regions that touch.
    expect(score(vRand(), all)).toBeCloseTo((2 * 180) / (180 + 340), 12);
    expect(score(vInfo(), all)).toBeLessThan(1);
    expect(score(vInfo(), compare(apart, apart))).toBeCloseTo(1, 12);
  });

  it("are taken as numbered on either side, and as what hangs together on the other", () => {
    expect(parts(ap50(), compare(apart, drawn("#########..##", "#########..##")))).toMatchObject({
      tp: 2,
      fp: 0,
      fn: 1,
    });
    expect(parts(ap50(), compare(drawn("#########..##", "#########..##"), apart))).toMatchObject({
      tp: 2,
      fp: 1,
      fn: 0,
    });
  });

  it("are one object by one number, also in two pieces", () => {
    expect(parts(ap50(), compare(numbered("11.11"), numbered("11.11")))).toMatchObject({ tp: 1, fp: 0, fn: 0 });
    expect(parts(ap50(), compare(numbered("11.11"), drawn("##.##")))).toMatchObject({ tp: 1, fp: 1, fn: 0 }); // a half, IoU 1/2
  });

  it("match once: two halves of an object, both with an IoU of 1/2, are one find and one too many", () => {
    expect(parts(ap50(), compare(numbered("1111"), numbered("1122")))).toMatchObject({ tp: 1, fp: 1, fn: 0 });
    expect(parts(ap50(), compare(numbered("1122"), numbered("1111")))).toMatchObject({ tp: 1, fp: 0, fn: 1 });
  });

  it("score alike whatever their numbers are, and as without numbers where none touch", () => {
    const numbers = uniqueArray(integer({ min: 1, max: 2 ** 32 - 1 }), { minLength: 3, maxLength: 3 });
    const renumbered = (map: ProbabilityMap, to: readonly number[]) => ({
      ...map,
      instances: (map.instances ?? new Uint32Array()).map((number) => (number === 0 ? 0 : (to[number - 1] as number))),
    });
    const metric = constantFrom(ap50(), objectF1(), adaptedRandError(), voiMerge(), vRand(), vInfo());
    assert(
      property(metric, numbers, (metric, to) => {
        expect(score(metric, compare(renumbered(apart, to), renumbered(joined, to)))).toBe(
          score(metric, compare(apart, joined)),
        );
      }),
    );
    const [truth, prediction] = [numbered("1.22.3", "1.22.3"), numbered("11.2..", "1..2.3")];
    const { instances: _, ...plainTruth } = truth;
    const { instances: __, ...plainPrediction } = prediction;
    for (const each of [ap50(), objectF1(), adaptedRandError(), voiSplit(), voiMerge(), vRand(), vInfo()])
      expect(score(each, compare(truth, prediction)), each.id).toBe(score(each, compare(plainTruth, plainPrediction)));
  });
});

it("numbers that contradict the mask are refused", () => {
  expect(() => compare({ ...drawn("##."), instances: Uint32Array.of(1, 0, 0) }, drawn("##."))).toThrow(
    "The truth has the object number 0 where its value is 1 of 1 (x = 1, y = 0).",
  );
});
