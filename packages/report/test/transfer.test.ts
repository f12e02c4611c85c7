import { memoryStore, type Transfer } from "@em-stellar/core";
import { renderReport } from "@em-stellar/report";
import { expect, it } from "vitest";
import { heatColours } from "../src/heatmap.js";
import { transferSection } from "../src/transfer.js";
import { markupOf, smallResults, textOf } from "./small-results.js";

const cell = (trainedOn: string, testedOn: string, mean: number | null, error: number): Transfer["cells"][number] => ({
  method: "a",
  trainedOn,
  testedOn,
  trainings: 2,
  scores: {
    jaccard: { mean, interval: mean === null ? null : { low: mean - 0.05, high: mean + 0.05 } },
    error: { mean: error, interval: null },
  },
});
const transfer: Transfer = {
  sources: [
    { name: "heart", train: 4, test: 2, hash: "00" },
    { name: "<kidney>", train: 4, test: 3, hash: "01" },
  ],
  jobs: [],
  cells: [
    cell("heart", "heart", 0.9, 1),
    cell("heart", "<kidney>", 0.4, 3),
    cell("<kidney>", "heart", 0.65, 2),
    cell("<kidney>", "<kidney>", null, 1),
  ],
  level: 0.95,
};
const metrics = [
  { id: "jaccard", goal: "maximize" as const, range: [0, 1] as [number, number], options: {} },
  { id: "error", goal: "minimize" as const, range: [0, null] as [number, null], options: {} },
];
const colourOf = (normalized: number) => `background:${heatColours(normalized).fill}`;

it("stands a row for what was trained on, a column for what was tested on, brighter where better", () => {
  const section = transferSection(smallResults([{ name: "a", runs: [0.9] }], { metrics, transfer }));
  const markup = section ? markupOf(section) : "";
  const [jaccard = "", error = ""] = markup.split("<details>");
  expect(jaccard).toContain('<th scope="col">tested on &lt;kidney&gt;</th>');
  expect(jaccard).toContain('<th scope="row">a<small>trained on heart</small></th>');
  const cells = [...jaccard.matchAll(/<td.*?<\/td>/gs)].map(([found]) => found);
  expect(cells.map(textOf)).toEqual(["0.9000.850–0.950", "0.4000.350–0.450", "0.6500.600–0.700", "not defined"]);
  for (const [i, share] of [1, 0, 0.5].entries()) expect(cells[i]).toContain(colourOf(share));
  // What was trained and tested on the same data is framed.
  expect(cells.map((found) => found.startsWith('<td class="own"'))).toEqual([true, false, false, true]);
  // Of an error, the lowest is the brightest.
  const errors = [...error.matchAll(/<td.*?<\/td>/gs)].map(([found]) => found);
  for (const [i, share] of [1, 0, 0.5, 1].entries()) expect(errors[i]).toContain(colourOf(share));
  expect(textOf(markup)).toContain("95 % intervals over test images");
});

it("shows small differences in colours that are alike", () => {
  const cells = [cell("heart", "heart", 0.9, 1), cell("heart", "<kidney>", 0.89, 1)];
  const section = transferSection(
    smallResults([{ name: "a", runs: [0.9] }], { metrics, transfer: { ...transfer, cells } }),
  );
  expect(section && markupOf(section)).toContain(colourOf(1 - 0.01 / 0.1)); // a tenth of the range from 0 to 1
});

it("is left out where a suite has one source of data", () => {
  expect(transferSection(smallResults([{ name: "a", runs: [0.9] }]))).toBeUndefined();
});

it("has its table as a file for a spreadsheet, which the report names", async () => {
  const page = async (more: object) =>
    renderReport(smallResults([{ name: "a", runs: [0.9] }], { metrics, ...more }), { store: memoryStore() });
  expect(await page({ transfer })).toContain('href="../transfer.csv"');
  expect(await page({})).not.toContain("transfer.csv");
});
