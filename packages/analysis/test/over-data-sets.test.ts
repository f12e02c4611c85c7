import { criticalDifference, friedman } from "@em-stellar/analysis";
import { describe, expect, it } from "vitest";
import { spearman, validationCriteria } from "../src/validation-criteria.js";
import golden from "./fixtures/over-data-sets.json" with { type: "json" };
import { smallResults } from "./small-results.js";

describe.each(golden.cases)("a comparison over data sets, case $#", ({ scores, meanRanks, p, holm, imanDavenport }) => {
  const methods = meanRanks.map((_, i) => `m${i}`);
  const compared = criticalDifference({ methods, scores, goal: "maximize" });

  it("has autorank's mean ranks", () => {
    for (const { name, meanRank } of compared.methods) {
      expect(meanRank).toBeCloseTo(meanRanks[methods.indexOf(name)] as number, 12);
    }
  });

  it("has the p-values of autorank's omnibus test, of Iman and Davenport's F, and of Wilcoxon's tests with Holm's correction", () => {
    const pairs = methods.flatMap((a, i) => methods.slice(i + 1).map((b) => [a, b]));
    for (const [i, pair] of pairs.entries()) {
      const found = compared.pairs.find(({ names }) => pair.every((name) => names.includes(name)));
      expect(found?.adjusted).toBeCloseTo(holm[i] as number, 12);
    }
    if (imanDavenport === undefined)
      expect(compared.pairs[0]?.p).toBeCloseTo(2 * p, 12); // of two methods, autorank tests one side
    else {
      expect(compared.friedman?.p).toBeCloseTo(p, 12);
      expect((compared.friedman?.imanDavenport as number) / imanDavenport).toBeCloseTo(1, 9);
    }
  });

  it("has an interval around each mean rank, within the ranks that there are", () => {
    for (const { meanRank, interval } of compared.methods) {
      expect(interval?.low).toBeLessThanOrEqual(meanRank);
      expect(interval?.high).toBeGreaterThanOrEqual(meanRank);
      expect(interval?.low).toBeGreaterThanOrEqual(1);
      expect(interval?.high).toBeLessThanOrEqual(methods.length);
    }
  });
});

it("Iman and Davenport's p is 0 where all data sets agree, and 1 where all methods are equal", () => {
  expect(friedman(new Array(4).fill([3, 2, 1]), "maximize").imanDavenport).toBe(0);
  expect(friedman(new Array(4).fill([1, 1, 1]), "maximize").imanDavenport).toBe(1);
});

it.each(golden.spearman)("spearman agrees with scipy's spearmanr, ties too, case $#", ({ x, y, rho }) => {
  expect(spearman(x.map((each, i) => [each, y[i] as number]))).toBeCloseTo(rho, 12);
});

describe("how well validation predicts the test score", () => {
  /** Eight trainings whose test scores rise; their validation scores as given. */
  function results(validation: (run: number) => Record<string, number>) {
    const base = smallResults([{ name: "net", runs: Array.from({ length: 8 }, (_, i) => [[i + 1, 10]] as const) }]);
    const [net] = base.methods;
    const runs = (net?.runs ?? []).map((run, i) => ({ ...run, validation: validation(i) }));
    return { ...base, methods: [{ ...net, runs }] } as typeof base;
  }

  it("is 1 for a score that rises with it, and for a loss that falls; and -1 the other way round", () => {
    const [share, loss] = [(i: number) => i / 10, (i: number) => 1 - i / 10];
    const both = validationCriteria(results((i) => ({ share: share(i), loss: loss(i) })));
    expect(both.map(({ criterion, correlation, runs }) => [criterion, correlation, runs])).toEqual([
      ["loss", 1, 8],
      ["share", 1, 8],
    ]);
    expect(both[0]?.interval).toEqual({ low: 1, high: 1 });
    const mixed = validationCriteria(results((i) => ({ share: -share(i), loss: loss(i) })));
    expect(mixed.map(({ criterion, correlation }) => [criterion, correlation])).toEqual([
      ["loss", 1],
      ["share", -1],
    ]);
  });

  it("has no interval with fewer than 6 trainings, and no number where a score never varies", () => {
    const [first] = validationCriteria(results((i) => (i < 5 ? { loss: -i } : {})));
    expect(first).toMatchObject({ criterion: "loss", runs: 5, correlation: 1, interval: null });
    expect(validationCriteria(results(() => ({ loss: 1 })))[0]).toMatchObject({ correlation: null, interval: null });
  });

  it("says the mean test score of what each criterion chose, where all trainings kept it", () => {
    const base = results((i) => ({ loss: -i }));
    const [net] = base.methods;
    const runs = (net?.runs ?? []).map((run, i) => ({
      ...run,
      criteria: [
        { criterion: "loss", step: 1, value: 0, threshold: 0.5, validation: {}, pooled: { share: i / 8 } },
        ...(i < 7
          ? [{ criterion: "share", step: 1, value: 0, threshold: 0.5, validation: {}, pooled: { share: 1 } }]
          : []),
      ],
    }));
    const found = validationCriteria({ ...base, methods: [{ ...net, runs }] } as typeof base);
    expect(found.find(({ criterion }) => criterion === "loss")?.chosen).toBeCloseTo(28 / 64, 12);
    expect(found.find(({ criterion }) => criterion === "share")?.chosen).toBeUndefined();
  });
});
