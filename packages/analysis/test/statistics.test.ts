import { statistics } from "@em-stellar/analysis";
import { type MetricStatistics, resultsSchema, type Statistics } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { type Image, share, smallResults } from "./small-results.js";

const metrics = [share];
const ofShare = ({ metrics }: Statistics) => metrics.share as MetricStatistics;
const of = (result: Statistics, name: string) => ofShare(result).methods.find(({ method }) => method === name);
/** Images of ten pixels each. */
const tens = (...hits: number[]): Image[] => hits.map((hit) => [hit, 10]);
/** The same image, and one more hit on each: better everywhere, by different amounts. */
const rising = (count: number, start: number) => Array.from({ length: count }, (_, i): Image => [start + i, 100]);

describe("the intervals of a run", () => {
  it("are of the pooled score, the number in the ranking, pooled again for each draw", () => {
    // Two images, 1 of 10 and 54 of 60: draws 00, 01, 10, 11 pool to 0.1, 55/70, 55/70, 0.9.
    const result = statistics(
      smallResults([
        {
          name: "a",
          runs: [
            [
              [1, 10],
              [54, 60],
            ],
          ],
        },
      ]),
      { metrics },
    );
    expect([result.units, result.resamples, result.exact]).toEqual([{ kind: "images", count: 2 }, 4, true]);
    expect(ofShare(result).resampled).toBe("pooled score");
    const { estimate, interval } = of(result, "a") ?? {};
    expect(estimate).toBe(55 / 70);
    expect(interval?.low).toBeGreaterThanOrEqual(0.1);
    expect(interval?.high).toBeLessThanOrEqual(0.9);
  });

  it("are of the mean over runs, all runs on the same draws", () => {
    // The runs cancel: one is right where the other is wrong, so that every draw has the mean 0.5.
    const runs = [tens(0, 5, 10), tens(10, 5, 0)];
    expect(of(statistics(smallResults([{ name: "a", runs }]), { metrics }), "a")).toMatchObject({
      estimate: 0.5,
      interval: { low: 0.5, high: 0.5 },
    });
    // Drawn each for itself they would spread, as one run does.
    const alone = of(statistics(smallResults([{ name: "a", runs: [tens(0, 5, 10)] }]), { metrics }), "a");
    expect(alone?.interval?.high).toBeGreaterThan(0.8);
  });

  it("are of the mean over images where the parts were not kept, or the metric has none", () => {
    const images: Image[] = [
      [1, 10],
      [54, 60],
    ];
    const older = statistics(smallResults([{ name: "a", runs: [images] }], { parts: false }), { metrics });
    expect(ofShare(older).resampled).toBe("mean over units");
    expect(of(older, "a")?.estimate).toBe(0.5);
    const unknown = statistics(smallResults([{ name: "a", runs: [images] }]));
    expect(of(unknown, "a")?.estimate).toBe(0.5);
  });

  it("are given to networks, ensembles and floors alike, and not to what has no scores", () => {
    const result = statistics(
      smallResults([
        { name: "net", runs: [tens(8, 9), "failed"] },
        { name: "vote", kind: "ensemble", runs: [tens(9, 9)] },
        { name: "otsu", kind: "baseline", runs: [tens(5, 2)] },
        { name: "broken", runs: ["failed"] },
      ]),
      { metrics },
    );
    expect(ofShare(result).methods.map(({ method }) => method)).toEqual(["net", "vote", "otsu"]);
    expect(ofShare(result).leader).toBe("vote");
    expect(ofShare(result).methods.filter(({ interval }) => interval === null)).toEqual([]);
    expect(result.sentence).toContain("these three methods");
  });

  it("say why there is none: one image, or a score that is not defined", () => {
    const one = statistics(
      smallResults([
        { name: "a", runs: [tens(5)] },
        { name: "b", runs: [tens(4)] },
      ]),
      { metrics },
    );
    expect(of(one, "a")).toEqual({
      method: "a",
      estimate: 0.5,
      interval: null,
      reason: "one unit alone says nothing about how others would vary",
    });
    expect(one.sentence).toBe("One test image is too few to tell a and b apart. Label at least 6.");
    const nowhere = statistics(
      smallResults([
        {
          name: "a",
          runs: [
            [
              [0, 0],
              [0, 0],
            ],
          ],
        },
      ]),
      { metrics },
    );
    expect(of(nowhere, "a")).toMatchObject({
      estimate: null,
      interval: null,
      reason: "the score is not defined on these units",
    });
    expect(nowhere.sentence).toBe("No method has a score on the 2 test images, so there is nothing to compare.");
  });

  it("are the same for the same results, and fit into results.json", () => {
    const results = smallResults([
      { name: "a", runs: [rising(30, 50)] },
      { name: "b", runs: [rising(30, 40)] },
    ]);
    const result = statistics(results, { metrics });
    expect([result.resamples, result.exact]).toEqual([2000, false]);
    expect(statistics(results, { metrics })).toEqual(result);
    expect(statistics(results, { metrics, seed: 2 })).not.toEqual(result);
    expect(resultsSchema.parse({ ...results, statistics: result }).statistics).toEqual(result);
    expect(resultsSchema.parse(results).statistics).toBeUndefined();
  });
});

describe("the units", () => {
  const twelve = tens(1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 9, 9);
  const two = (groups: string[]) =>
    statistics(
      smallResults(
        [
          { name: "a", runs: [twelve] },
          { name: "b", runs: [tens(...Array(12).fill(0))] },
        ],
        { groups },
      ),
      { metrics },
    );

  it("are groups where there are at least 6 of them", () => {
    const result = two([..."aabbccddeeff"]);
    expect(result.units).toEqual({ kind: "groups", count: 6 });
    expect(of(result, "b")?.comparison).toMatchObject({ units: 6, p: 0.03125, better: "leader" });
    expect(result.sentence).toBe("On 6 groups of test images, a leads; b does worse.");
    // Images of a group go together: every draw of groups has each image twice.
    expect(of(result, "a")?.interval?.high).toBeLessThanOrEqual(0.9);
  });

  it("are images where groups are fewer, and the note says what that hides", () => {
    const result = two([..."aaaabbbbcccc"]);
    expect(result.units).toMatchObject({ kind: "images", count: 12 });
    expect(result.units.note).toMatch(
      /^The 12 test images come from 3 groups\. .*intervals are shorter and p-values smaller than they should be\.$/,
    );
  });

  it("are images, without a note, where each is a group of its own or none has one", () => {
    expect(two([..."abcdefghijkl"]).units).toEqual({ kind: "images", count: 12 });
    expect(two([]).units).toEqual({ kind: "images", count: 12 });
  });
});

describe("the comparison with the leader", () => {
  it("cannot be decided by 4 images, and the sentence says why and how many would do", () => {
    const result = statistics(
      smallResults([
        { name: "unet", runs: [tens(9, 9, 9, 9)] },
        { name: "prelu", runs: [tens(5, 6, 7, 8)] },
        { name: "otsu", kind: "baseline", runs: [tens(1, 2, 1, 2)] },
      ]),
      { metrics },
    );
    expect(ofShare(result).decidable).toBe(false);
    expect(of(result, "prelu")?.comparison).toMatchObject({ units: 4, p: 0.125, adjusted: 0.25, better: null });
    expect(of(result, "unet")?.comparison).toBeUndefined();
    expect(result.sentence).toBe("Four test images are too few to tell these three methods apart. Label at least 7.");
    expect(result.detail).toBe(
      "In a two-sided signed-rank test on 4 test images, even a method that does better on every one reaches only p = 0.125. To be told apart from unet it would have to reach 0.05 after Holm’s correction for 2 comparisons.",
    );
  });

  it("names who cannot be told apart and who does worse, with the correction for their number", () => {
    const leader = rising(12, 60);
    const alternating = leader.map(([hits, pixels], i): Image => [hits + (i % 2 === 0 ? 1 : -2) - i / 10, pixels]);
    const result = statistics(
      smallResults([
        { name: "a", runs: [leader] },
        { name: "b", runs: [alternating] },
        { name: "c", runs: [rising(12, 20)] },
      ]),
      { metrics },
    );
    const test = of(result, "c")?.comparison;
    expect(test).toMatchObject({ units: 12, p: 2 ** -11, adjusted: 2 ** -10, better: "leader" });
    expect(test?.difference).toBeCloseTo(0.4, 12);
    expect(test?.interval?.low).toBeCloseTo(0.4, 12);
    expect(of(result, "b")?.comparison?.better).toBeNull();
    expect(result.sentence).toBe("On 12 test images, a leads; b cannot be told apart from it; c does worse.");
    expect(result.detail).toBe(
      "Methods were compared with a by two-sided signed-rank tests, Holm-corrected for 2 comparisons, level 0.05.",
    );
  });

  it("says of one that is better on most images that it is, where a large image decides the pooled score", () => {
    const small = Array.from({ length: 9 }, (_, i): Image => [5 + i / 10, 10]);
    const result = statistics(
      smallResults([
        { name: "large", runs: [[...small.map(([hits]): Image => [hits - 1, 10]), [9900, 10000]]] },
        { name: "small", runs: [[...small, [9000, 10000]]] },
      ]),
      { metrics },
    );
    expect(ofShare(result).leader).toBe("large");
    // 9 of 10 differences speak for "small"; the tenth has the smallest size, rank 1: p = 4 / 1024.
    expect(of(result, "small")?.comparison).toMatchObject({ p: 4 / 1024, better: "method" });
    expect(result.sentence).toBe(
      "On 10 test images, large leads; small does better on most images, though not over all of them together.",
    );
  });

  it("takes lower as better where the metric says so", () => {
    const result = statistics(
      smallResults(
        [
          { name: "a", runs: [rising(8, 60)] },
          { name: "b", runs: [rising(8, 20)] },
        ],
        { goal: "minimize" },
      ),
      { metrics },
    );
    expect(ofShare(result).leader).toBe("b");
    expect(of(result, "a")?.comparison).toMatchObject({ better: "leader" });
    expect(of(result, "b")?.rank).toMatchObject({ mean: 1, low: 1, high: 1, shares: [1, 0] });
  });

  it("leaves out images on which one of the two is not defined", () => {
    const result = statistics(
      smallResults([
        { name: "a", runs: [tens(9, 9, 9, 9, 9, 9, 9)] },
        { name: "b", runs: [[...tens(1, 2, 3, 4, 5, 6), [0, 0]]] },
      ]),
      { metrics },
    );
    expect(of(result, "b")?.comparison).toMatchObject({ units: 6, p: 2 ** -5, better: "leader" });
  });

  it("of methods with the same predictions finds no difference, whatever the number of runs", () => {
    const images = tens(1, 2, 3, 4, 5, 6, 7);
    const result = statistics(
      smallResults([
        { name: "a", runs: [images] },
        { name: "b", runs: [images, images, images] },
      ]),
      { metrics },
    );
    expect(of(result, "b")?.comparison).toMatchObject({ p: 1, better: null });
    expect(of(result, "a")?.rank?.shares).toEqual([0.5, 0.5]);
  });

  it("with one method has nothing to compare", () => {
    expect(statistics(smallResults([{ name: "a", runs: [tens(1, 2)] }]), { metrics }).sentence).toBe(
      "Only a has a score on the 2 test images, so there is nothing to compare it with.",
    );
  });

  it("with many, names the first and counts the rest", () => {
    const others = Array.from({ length: 9 }, (_, i) => ({ name: `n${i}`, runs: [rising(20, 10 + i)] }));
    const same = { name: "same", runs: [rising(20, 60)] };
    const result = statistics(smallResults([{ name: "a", runs: [rising(20, 60)] }, same, ...others]), { metrics });
    expect(result.sentence).toContain("same cannot be told apart from it; n0, n1, n2, n3, n4 and 4 others do worse.");
    const all = statistics(smallResults([{ name: "a", runs: [rising(20, 60)] }, ...others]), { metrics });
    expect(all.sentence).toContain("a leads; every other method does worse.");
  });
});

describe("ranks", () => {
  it("are averaged over images, and shared out over draws", () => {
    // a is first on image 0 by much and second on image 1 by little: of the draws 00, 01, 10, 11 it wins three.
    const result = statistics(
      smallResults([
        { name: "a", runs: [tens(9, 4)] },
        { name: "b", runs: [tens(1, 5)] },
      ]),
      { metrics },
    );
    expect(of(result, "a")?.rank).toEqual({ mean: 1.5, low: 1, high: 2, shares: [0.75, 0.25] });
    expect(of(result, "b")?.rank).toEqual({ mean: 1.5, low: 1, high: 2, shares: [0.25, 0.75] });
  });
});

it("refuses results without test images", () => {
  expect(() => statistics(smallResults([]))).toThrow('The results of "small" name no test images');
});
