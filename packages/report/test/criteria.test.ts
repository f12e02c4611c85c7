import { expect, it } from "vitest";
import { criteriaSection } from "../src/criteria.js";
import { syntheticRun } from "./synthetic-run.js";

it("shows each validation score with its correlation, from the results' statistics, and nothing where these say nothing", async () => {
  const { results } = await syntheticRun({ images: 1, seeds: 1, folds: 2 });
  const units = { kind: "images" as const, count: 1 };
  const statistics = { level: 0.95, units, resamples: 100, exact: false, metrics: {}, sentence: "" };
  const criteria = [
    { criterion: results.rankedBy, runs: 12, correlation: 0.876, interval: { low: 0.5, high: 0.95 }, chosen: 0.8 },
    { criterion: "loss", runs: 12, correlation: null, interval: null },
  ];
  const section = criteriaSection({ ...results, statistics: { ...statistics, criteria } });
  const cells = [...(section?.body.markup ?? "").matchAll(/<t[dh][^>]*>([^<]*)<\/t[dh]>/g)].map(([, text]) => text);
  expect(cells.slice(-10)).toEqual([
    ...[cells[5], "0.88", "0.50 to 0.95", "12", "0.800"],
    ...["Loss", "–", "–", "12", "–"],
  ]);
  expect(criteriaSection({ ...results, statistics })).toBeUndefined();
});
