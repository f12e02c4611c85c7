import { chosenRun, methodScore, type Results, rankMethods } from "@em-stellar/core";
import { describe, expect, test } from "vitest";
import { rankingSection } from "../src/ranking.js";
import { markupOf, type SmallMethod, smallResults, smallStatistics, textOf } from "./small-results.js";

const two = [
  { id: "jaccard", goal: "maximize" as const, range: [0, 1] as [number, number], options: { positive: "object" } },
  { id: "error", goal: "minimize" as const, range: [0, null] as [number, null], options: {} },
];

/** The table as rows of cells, each as the reader of one reading sees it. */
function rows(methods: SmallMethod[], reading: "mean" | "best", given: Partial<Results> = { metrics: two }) {
  const results = smallResults(methods, given);
  const markup = markupOf(rankingSection(results, rankMethods(results)));
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
    expect(methodScore(results.methods[0] as (typeof results.methods)[0], "error")).toEqual({
      mean: 1,
      low: 1,
      high: 1,
      values: [1],
      undefinedRuns: 1,
    });
  });

  const three: SmallMethod[] = [
    { name: "a", runs: [0.6, 1] },
    { name: "b", runs: [0.5, 0.75] },
    { name: "blur", kind: "baseline", runs: [0.1] },
  ];

  /** The bars of a reading, row by row. */
  function bars(given: Partial<Results>, reading: "mean" | "best") {
    const results = smallResults(three, given);
    const markup = markupOf(rankingSection(results, rankMethods(results)));
    return [...markup.matchAll(new RegExp(`class="bar ${reading}".*?</svg>`, "g"))].map(([bar]) => bar);
  }

  test("draws intervals on one axis per column, and the range of runs in the other reading", () => {
    const statistics = smallStatistics([
      { method: "a", interval: [0.7, 0.9] },
      { method: "b", interval: [0.4, 0.8] },
      { method: "blur", interval: [0.05, 0.2] },
    ]);
    // The axis goes from 0.4, where the interval of b begins, to 1, the best run of a.
    const [a, b, blur] = bars({ statistics }, "mean");
    expect(a).toContain('class="range" x1="50.0" x2="83.3"');
    expect(a).toContain('class="tick" x1="66.7" x2="66.7"');
    expect(b).toContain('class="range" x1="0.0" x2="66.7"');
    expect(blur).toContain('class="off"');
    const [rangeOfA, rangeOfB] = bars({ statistics }, "best");
    expect(rangeOfA).toContain('class="range" x1="33.3" x2="100.0"');
    expect(rangeOfB).toContain('class="range" x1="16.7" x2="58.3"');
  });

  test("draws an interval of the mean over images about that mean, and says so", () => {
    const statistics = smallStatistics([{ method: "a", interval: [0.8, 0.96] }], {}, { resampled: "mean over units" });
    const [a] = bars({ statistics }, "mean");
    expect(a).toContain('class="tick" x1="76.0" x2="76.0"'); // 0.88 on an axis from 0.5 to 1
    const results = smallResults(three, { statistics });
    const markup = markupOf(rankingSection(results, rankMethods(results)));
    expect(markup).toContain("bar: mean of images");
    expect(textOf(markup)).toContain("At “mean of images”, the score cannot be computed from those of its images");
    expect(markup).toContain(
      'title="95\u00a0% interval of the mean over images 0.800–0.960; lowest to highest of 2 trainings',
    );
  });

  test("has no bar where there is no interval, and says why", () => {
    const statistics = smallStatistics([
      { method: "a", more: { reason: "the score is not defined on 32 % of the resamples" } },
    ]);
    const [a] = bars({ statistics }, "mean");
    expect(a).toContain('class="range" x1="60.0" x2="60.0"'); // the tick, 0.8
    const results = smallResults(three, { statistics });
    const markup = markupOf(rankingSection(results, rankMethods(results)));
    expect(markup).toContain('title="no interval: the score is not defined on 32 % of the resamples; lowest');
  });

  test("sets in bold what a test cannot tell from the best, where there are images enough to tell", () => {
    const methods: SmallMethod[] = ["a", "b", "c", "d"].map((name, i) => ({ name, runs: [0.9 - i / 10] }));
    const entries = [
      { method: "a", rank: [1, 2] as const },
      { method: "b", better: null, rank: [1, 3] as const },
      { method: "c", better: "leader" as const, rank: [3, 3] as const },
      { method: "d", better: "method" as const },
    ];
    const bold = (decidable: boolean) =>
      rows(methods, "mean", { statistics: smallStatistics(entries, {}, { decidable }) }).map(([, , cell]) => cell);
    expect(bold(true)).toEqual(["*0.900*", "*0.800*", "0.700", "*0.600*"]);
    expect(bold(false)).toEqual(["*0.900*", "0.800", "0.700", "0.600"]);
    const captions = [true, false].map((decidable) => {
      const results = smallResults(methods, { statistics: smallStatistics(entries, {}, { decidable }) });
      return textOf(markupOf(rankingSection(results, rankMethods(results))));
    });
    expect(captions[0]).toContain(
      "and so is every number that does not differ from it significantly in a paired test over images",
    );
    expect(captions[1]).toContain(
      "The numbers at the left only give the order of the scores: 12 test images cannot show which methods are really better.",
    );
    expect(captions[0]).toMatch(/network · rank 1–2 of all 4.*network · rank 1–3 of all 4/);
    expect(captions[1]).not.toMatch(/network · rank/);
  });

  test("without statistics, as in results of earlier versions, draws the range of runs and says what is not known", () => {
    const [a, b, blur] = bars({}, "mean");
    expect(a).toContain('class="range" x1="20.0" x2="100.0"');
    expect(a).toContain('class="tick" x1="60.0" x2="60.0"');
    expect(b).toContain('class="range" x1="0.0" x2="50.0"');
    expect(blur).toContain('class="off"');
    const results = smallResults(three);
    expect(textOf(markupOf(rankingSection(results, rankMethods(results))))).toContain(
      "These results have no statistics, so it is not known what other test images would change.",
    );
  });
});
