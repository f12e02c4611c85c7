import { describe, expect, test } from "vitest";
import { rankingSection } from "../src/ranking.js";
import { chosenRun, rankMethods, scoreOf } from "../src/scores.js";
import { type SmallMethod, smallResults, textOf } from "./small-results.js";

const two = [
  { id: "jaccard", goal: "maximize" as const, range: [0, 1] as [number, number], options: { positive: "object" } },
  { id: "error", goal: "minimize" as const, range: [0, null] as [number, null], options: {} },
];

/** The table as rows of cells, each as the reader of one reading sees it. */
function rows(methods: SmallMethod[], reading: "mean" | "best", metrics = two) {
  const results = smallResults(methods, { metrics });
  const { markup } = rankingSection(results, rankMethods(results));
  const other = reading === "mean" ? "best" : "mean";
  const bodies = markup.slice(markup.indexOf("<tbody>"), markup.indexOf("</table>"));
  return [...bodies.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = ""]) => {
      const seen = cell
        .replace(/<svg.*?<\/svg>/gs, "")
        .replace(new RegExp(`<span class="${other}">(<span.*?</span>|.)*?</span>`, "gs"), "")
        .replace(/<small>.*?<\/small>/gs, "");
      return textOf(seen.replace(/<b>(.*?)<\/b>/g, "*$1*"));
    }),
  );
}

describe("the ranking", () => {
  test("orders methods by the mean, floors below, and sets the best of each column in bold", () => {
    const table = rows(
      [
        { name: "blur", kind: "baseline", runs: [{ jaccard: 0.95, error: 3 }] },
        {
          name: "b",
          runs: [
            { jaccard: 0.8, error: 1 },
            { jaccard: 0.9, error: 2 },
          ],
        },
        {
          name: "a",
          runs: [
            { jaccard: 0.9, error: 4 },
            { jaccard: 0.92, error: 4 },
          ],
        },
      ],
      "mean",
    );
    expect(table).toEqual([
      ["1", "a", "0.910", "4.000"],
      ["2", "b", "0.850", "*1.500*"],
      ["", "blur", "*0.950*", "3.000"],
    ]);
  });

  test("in the paper's reading, shows the one run that was best on validation, not the one best on the test images", () => {
    const methods: SmallMethod[] = [
      {
        name: "a",
        runs: [
          { jaccard: 0.9, error: 4 },
          { jaccard: 0.94, error: 4 },
        ],
        validation: [0.8, 0.7],
      },
      {
        name: "b",
        runs: [
          { jaccard: 0.8, error: 1 },
          { jaccard: 0.91, error: 2 },
        ],
        validation: [null, 0.6],
      },
    ];
    expect(rows(methods, "best")).toEqual([
      ["2", "a", "0.900", "4.000"],
      ["1", "b", "*0.910*", "*2.000*"],
    ]);
    const results = smallResults(methods, { metrics: two });
    expect(results.methods.map((method) => chosenRun(method, results)?.fold)).toEqual([0, 1]);
  });

  test("prints what is not defined as that, never as a number, and leaves it out of the mean", () => {
    const table = rows(
      [
        {
          name: "a",
          runs: [
            { jaccard: 0.9, error: null },
            { jaccard: 0.7, error: null },
          ],
        },
        {
          name: "b",
          runs: [
            { jaccard: 0.5, error: 1 },
            { jaccard: 0.5, error: null },
          ],
        },
        { name: "c", runs: ["failed"] },
      ],
      "mean",
    );
    expect(table).toEqual([
      ["1", "a", "*0.800*", "not defined"],
      ["2", "b", "0.500", "*1.000*"],
      ["", "c", "not defined", "not defined"],
    ]);
    const results = smallResults([{ name: "b", runs: [{ error: 1 }, { error: null }, "failed"] }], { metrics: two });
    expect(scoreOf(results.methods[0] as (typeof results.methods)[0], "error")).toEqual({
      mean: 1,
      low: 1,
      high: 1,
      values: [1],
      undefinedRuns: 1,
    });
  });

  test("draws ranges on one axis per column, from the lowest to the highest run of networks", () => {
    const results = smallResults([
      { name: "a", runs: [0.6, 1] },
      { name: "b", runs: [0.5, 0.75] },
      { name: "blur", kind: "baseline", runs: [0.1] },
    ]);
    const { markup } = rankingSection(results, rankMethods(results));
    const bars = [...markup.matchAll(/class="bar mean".*?<\/svg>/g)].map(([bar]) => bar);
    expect(bars[0]).toContain('class="range" x1="20.0" x2="100.0"');
    expect(bars[0]).toContain('class="tick" x1="60.0" x2="60.0"');
    expect(bars[1]).toContain('class="range" x1="0.0" x2="50.0"');
    expect(bars[2]).toContain('class="off"');
  });
});
