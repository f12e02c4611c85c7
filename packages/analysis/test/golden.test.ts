import {
  bcaInterval,
  bootstrap,
  bootstrapInterval,
  friedman,
  holm,
  type Resamples,
  wilcoxonSignedRank,
} from "@em-stellar/analysis";
import { describe, expect, it } from "vitest";
import golden from "./fixtures/statistics.json" with { type: "json" };

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
};
const correlation = (x: readonly number[], y: readonly number[]) => {
  const [mx, my] = [mean(x), mean(y)];
  const sum = (f: (i: number) => number) => x.reduce((total, _, i) => total + f(i), 0);
  const [dx, dy] = [(i: number) => (x[i] as number) - mx, (i: number) => (y[i] as number) - my];
  return sum((i) => dx(i) * dy(i)) / Math.sqrt(sum((i) => dx(i) ** 2) * sum((i) => dy(i) ** 2));
};
const statistics: Record<string, (x: number[], y: number[]) => number> = {
  mean,
  median,
  ratio: (x, y) => mean(x) / mean(y),
  correlation,
};
/** A statistic of the fixtures on chosen units. */
function statisticOf({ statistic, x, y }: { statistic: string; x: number[]; y: number[] }) {
  const compute = statistics[statistic] as (typeof statistics)[string]; // the fixtures name these four
  return (units: readonly number[]) =>
    compute(...([x, y].map((all) => units.map((i) => all[i])) as [number[], number[]]));
}

describe("wilcoxonSignedRank agrees with scipy's wilcoxon", () => {
  it.each(golden.wilcoxon.map((each) => ({ ...each, n: each.first.length })))(
    "$n pairs, case $#, exact: $exact",
    ({ first, second, exact, smaller, p }) => {
      const result = wilcoxonSignedRank(first, second);
      expect(result.exact).toBe(exact);
      expect(Math.min(result.greater, result.less)).toBe(smaller);
      expect(result.p).toBeCloseTo(p, 12);
    },
  );
});

it.each(golden.holm)("holm agrees with statsmodels' multipletests, case $#", ({ p, holm: expected }) => {
  for (const [i, adjusted] of holm(p).entries()) expect(adjusted).toBeCloseTo(expected[i] as number, 14);
});

it.each(golden.friedman)("friedman agrees with scipy's friedmanchisquare, case $#", ({ scores, statistic, p }) => {
  const result = friedman(scores, "maximize");
  expect(result.statistic).toBeCloseTo(statistic, 10);
  expect(result.p).toBeCloseTo(p, 12);
});

describe("the BCa interval agrees with scipy's", () => {
  it.each(golden.bcaOfAllDraws.map((each) => ({ ...each, n: each.x.length })))(
    "over all draws there are, $statistic of $n units",
    ({ level, low, high, ...each }) => {
      const result = bootstrapInterval(each.n, statisticOf(each), { level });
      expect(result.low).toBeCloseTo(low, 10);
      expect(result.high).toBeCloseTo(high, 10);
    },
  );

  it.each(golden.bcaOfGivenDraws.cases)(
    "over 400 draws of the law school data, $statistic",
    ({ level, low, high, ...each }) => {
      const { draws } = golden.bcaOfGivenDraws;
      const resamples: Resamples = { units: each.x.length, draws, weights: draws.map(() => 1), exact: false };
      const result = bcaInterval(bootstrap(resamples, statisticOf(each)), level);
      expect(result.low).toBeCloseTo(low, 8);
      expect(result.high).toBeCloseTo(high, 8);
    },
  );

  it("the correlation of the law school data is the published 0.776", () => {
    const [first] = golden.bcaOfGivenDraws.cases;
    expect(correlation(first?.x ?? [], first?.y ?? [])).toBeCloseTo(0.776, 3);
  });
});
