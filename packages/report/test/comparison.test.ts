import { type MethodComparison, renderComparison } from "@em-stellar/report";
import { describe, expect, test } from "vitest";
import { rankDiagram } from "../src/comparison/rank-diagram.js";
import { wordsOf } from "./metric-words.js";
import { textOf } from "./small-results.js";

const methods = ["a", "b", "c", "d"].map((name, i) => ({
  name,
  meanRank: [1, 2, 2.5, 4][i] as number,
  scores: [0.9 - i / 10, 0.8 - i / 10],
}));
const comparison: MethodComparison = {
  metric: { id: "jaccard", goal: "maximize", range: [0, 1], options: {}, ...wordsOf("jaccard") },
  dataSets: [
    { name: "mouse", images: 4 },
    { name: "fly", images: 1 },
  ],
  methods,
  cliques: [[1, 2]],
  pairs: [{ names: ["a", "b"], p: 0.0004, adjusted: 0.0312 }],
  sentence: "a does better than b.",
  notes: ["Left out: e."],
  finished: "2026-03-01T14:05:09.000Z",
};

describe("the diagram of mean ranks", () => {
  const { markup } = rankDiagram(methods, [[1, 2]]);
  // Ranks 1 to 4 lie between 10 and 335: a rank is 325 / 3 pixels.
  const at = (rank: number) => Number((10 + ((rank - 1) * 325) / 3).toFixed(1));

  test("puts each method at its rank, the best on top, and a bar along neighbours that cannot be told apart", () => {
    const dots = [...markup.matchAll(/class="method" cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      +`${x}`,
      +`${y}`,
    ]);
    expect(dots.map(([x]) => x)).toEqual([at(1), at(2), at(2.5), at(4)]);
    const [, b, c] = dots.map(([, y]) => y) as [number, number, number, number];
    expect(dots.map(([, y]) => y)).toEqual([67, 105, 143, 181]); // rows of 38 pixels
    const [, from, to] = /class="clique" [^>]*y1="([\d.]+)" y2="([\d.]+)"/.exec(markup) ?? [];
    expect([Number(from), Number(to)]).toEqual([b - 8, c + 8]);
    expect(markup.match(/class="clique"/g)).toHaveLength(1);
  });

  test("names each method with its mean rank", () => {
    const texts = [...markup.matchAll(/<text x="10" y="[\d.]+" fill="var\(--ink\)"[^>]*>(.*?)<\/text>/g)];
    expect(texts.map(([, text = ""]) => textOf(text))).toEqual(["a 1.00", "b 2.00", "c 2.50", "d 4.00"]);
  });

  test("speaks for itself to who does not see it", () => {
    expect(markup).toContain('aria-label="Mean ranks from the best to the worst: a 1.00, b 2.00, c 2.50, d 4.00."');
  });
});

describe("the page of a comparison", () => {
  test("says what was found and what limits it, and shows every score and test", () => {
    const html = renderComparison(comparison);
    const text = textOf(html.slice(html.indexOf("<body>")));
    expect(html).toContain("<b>a</b> does better than <b>b</b>.");
    for (const part of [
      "Jaccard on 2 data sets",
      "Left out: e.",
      "mouse4 test images",
      "fly1 test image",
      "a1.000.9000.800",
      "ab< 0.0010.031",
    ]) {
      expect(text).toContain(part);
    }
    expect(html).toContain("<td><b>0.900</b></td><td><b>0.800</b></td>"); // a is the best on both
    expect(html.match(/<td><b>/g)).toHaveLength(2);
  });

  test("escapes every name, and asks for nothing from elsewhere", () => {
    const evil = `'"><script>alert(1)</script>&`;
    const html = renderComparison({
      ...comparison,
      metric: { id: evil, goal: "maximize", range: [0, 1], options: {} },
      dataSets: comparison.dataSets.map(({ images }) => ({ name: evil, images })),
      methods: methods.map((method) => ({ ...method, name: evil })),
      pairs: [{ names: [evil, evil], p: 1, adjusted: 1 }],
      sentence: evil,
      notes: [evil],
    });
    expect(html).not.toContain("<script>alert");
    expect(html).not.toMatch(/(src|href)="(?!#)/);
  });

  test("refuses a single method", () => {
    expect(() => renderComparison({ ...comparison, methods: methods.slice(0, 1) })).toThrow(
      "takes at least 2 methods, but was given 1",
    );
  });
});
