import { defineMetric, type MetricRecord, memoryStore, type Results } from "@em-stellar/core";
import { renderReport } from "@em-stellar/report";
import { expect, test } from "vitest";
import { smallResults, textOf } from "./small-results.js";

const gap = defineMetric({
  id: "lab-gap",
  summary: "Gap between nearest objects",
  citation: "Stranger et al. (2026), J. Gaps 1:1-2",
  words: {
    label: "Gap",
    meaning: "the mean gap between an object and its nearest neighbour.",
    family: "objects",
    unit: "nm",
  },
  defaults: {},
  goal: "minimize",
  range: [0, null],
  accumulate: () => ({ add: () => {}, result: () => 1 }),
});

/** The metric as a run records it. */
const { id, goal, range, options, words, citation } = gap();
const record: MetricRecord = { id, goal, range: [...range], options: { ...options }, words, citation };

async function pageOf(results: Results) {
  const html = await renderReport(results, { store: memoryStore() });
  const section = (name: string) => {
    const from = html.indexOf(`<section id="${name}"`);
    return textOf(html.slice(from, html.indexOf("</section>", from)));
  };
  return { html, section };
}

test("a stranger's metric has its name and meaning in ranking, heatmap, strips, methods paragraph and glossary", async () => {
  const results = smallResults(
    [
      { name: "a", runs: [{ "lab-gap": 4 }] },
      { name: "b", runs: [{ "lab-gap": 3 }] },
    ],
    { metrics: [record] },
  );
  const { html, section } = await pageOf(results);
  expect(section("ranking")).toMatch(/^Ranking.*#MethodGaplower is betterin nm/);
  expect(textOf(html)).toContain("b ranks first by Gap: 3.000");
  expect(section("heatmap")).toContain("Gap ↓");
  expect(section("images")).toContain("Gap of every method on every test image");
  expect(section("cite")).toContain("Gap was computed over all pixels");
  expect(section("glossary")).toContain("Gapthe mean gap between an object and its nearest neighbour.");
  // Its citation goes by its id.
  expect(section("cite")).toContain("@misc{metric-lab-gap, note = {Stranger et al. (2026), J. Gaps 1:1-2}");
  expect(textOf(html).replace("@misc{metric-lab-gap", "")).not.toContain("lab-gap");
});

test("a stranger's component is cited from what the results record", async () => {
  const results = smallResults([{ name: "a", runs: [0.5] }]);
  const [method] = results.methods;
  method?.components.push({ kind: "network", id: "lab-net", options: {}, citation: "Stranger (2026), J. Nets 3:4" });
  expect((await pageOf(results)).section("cite")).toContain("note = {Stranger (2026), J. Nets 3:4}");
});

test("a stranger's metric is cited too, once, whichever class counts as positive", async () => {
  const citation = "Stranger (2025), J. Gaps 1:2";
  const results = smallResults([{ name: "a", runs: [{ "lab-gap": 4, "lab-gap:background": 3 }] }], {
    metrics: [
      { ...record, citation },
      { ...record, id: "lab-gap:background", citation },
    ],
  });
  expect(
    (await pageOf(results)).section("cite").split("@misc{metric-lab-gap, note = {Stranger (2025)").length - 1,
  ).toBe(1);
});

test("results that record no words, as those of versions before, show ids", async () => {
  const { id, goal, range, options } = record;
  const results = smallResults([{ name: "a", runs: [{ "lab-gap": 4 }] }], { metrics: [{ id, goal, range, options }] });
  const { html, section } = await pageOf(results);
  expect(textOf(html)).toContain("a ranks first by lab-gap: 4.000");
  expect(section("glossary")).toContain("lab-gapa metric that these results do not explain.");
});

test("a table says on how many images and in how many runs a score is defined", async () => {
  const results = smallResults([
    { name: "part", runs: [0.9, null] },
    { name: "whole", runs: [0.5, 0.5] },
  ]);
  for (const run of results.methods[1]?.runs ?? []) (run.perImage[0] as { values: object }).values = { jaccard: null };
  const { html, section } = await pageOf(results);
  expect(section("ranking")).toContain("defined on 3 of 4 images");
  expect(section("ranking")).toContain("in 1 of 2 trainings");
  // What is not defined does not help: the mean of part is higher, and whole stands before it, sorted by the page's script too.
  expect(textOf(html)).toContain("whole ranks first by Jaccard: 0.500");
  expect(html).toContain('data-mean="0.9" data-share="0.5"');
});
