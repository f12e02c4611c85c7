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
  // Names of one letter leave 73 pixels at either side of 880: a rank is (880 - 146) / 3 pixels.
  const at = (rank: number) => Number((73 + ((rank - 1) * (880 - 146)) / 3).toFixed(1));

  test("puts each method at its rank, and a bar under neighbours that cannot be told apart", () => {
    const lines = [...markup.matchAll(/<polyline points="([\d.]+),/g)].map(([, x]) => Number(x));
    expect(lines).toEqual([at(1), at(2), at(2.5), at(4)]);
    const [, from, to] = /class="clique" x1="([\d.]+)" x2="([\d.]+)"/.exec(markup) ?? [];
    expect([Number(from), Number(to)]).toEqual([312.7, 445]);
    expect(markup.match(/class="clique"/g)).toHaveLength(1);
  });

  test("names the better half at the left, the best on top, and the others at the right, the worst on top", () => {
    const rows = [
      ...markup.matchAll(/<text x="[\d.-]+" y="([\d.]+)" text-anchor="(start|end)"[^>]*>(.*?)<\/text>/g),
    ].map(([, y, anchor, text = ""]) => [textOf(text), anchor, Number(y)] as const);
    expect(rows.map(([text, anchor]) => [text, anchor])).toEqual([
      ["a 1.00", "end"],
      ["b 2.00", "end"],
      ["2.50 c", "start"],
      ["4.00 d", "start"],
    ]);
    const [a, b, c, d] = rows.map(([, , y]) => y) as [number, number, number, number];
    expect([a, b]).toEqual([d, c]);
    expect(b).toBeGreaterThan(a);
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
