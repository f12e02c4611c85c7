import { type HistoryPoint, rankMethods, scoreboardOfRun } from "@em-stellar/core";
import { describe, expect, it, test, vi } from "vitest";
import { drawChart, scaleOver } from "../src/chart.js";
import { timeToBest } from "../src/convergence.js";
import { costPoints, costSection, paretoFront } from "../src/cost.js";
import { bestValidatedFloor, learningSection } from "../src/curves.js";
import { heatCells, heatColours, heatmapSection } from "../src/heatmap.js";
import { labelOf } from "../src/label-expression.js";
import { hardestFirst, perImageSection } from "../src/per-image.js";
import { pictureOrder } from "../src/pictures.js";
import { thin } from "../src/thin.js";
import { markupOf, type SmallMethod, smallResults, textOf } from "./small-results.js";

test("labels of a chart may hold any character", () => {
  expect(labelOf(['a\u2028"b', "\u2029\n"])).toBe(String.raw`["a\u2028\"b","\u2029\n"][datum.value]`);
});

it.each([true, false])("nothing is printed while a chart is drawn (logarithmic: %s)", async (logarithmic) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const scale = scaleOver([1, 100], logarithmic);
  const encoding = { x: { field: "x", type: "quantitative" as const, scale } };
  const spec = { width: 100, height: 20, data: { values: [{ x: 10 }] }, encoding, layer: [{ mark: "point" as const }] };
  const { markup } = await drawChart(spec, { left: 0, right: 0, top: 0, bottom: 20 }, "one point");
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
  const place = logarithmic ? 50 : (100 * 9) / 99; // of 10 between 1 and 100
  expect(markup).toContain(`translate(${place},10)`);
});

describe("the heatmap", () => {
  const metrics = [
    { id: "jaccard", goal: "maximize" as const, range: [0, 1] as [number, number], options: {} },
    { id: "error", goal: "minimize" as const, range: [0, null] as [number, null], options: {} },
  ];

  const placed = (metric: string, results: ReturnType<typeof smallResults>) =>
    heatCells(scoreboardOfRun(results), rankMethods(results))
      .filter((cell) => cell.metric === metric)
      .map(({ method, normalized }) => [method, normalized]);

  test("places scores between the worst network and the best; a floor that is worse still is as dark", () => {
    const results = smallResults(
      [
        { name: "a", runs: [{ jaccard: 0.9, error: 4 }] },
        { name: "b", runs: [{ jaccard: 0.7, error: 2 }] },
        { name: "c", runs: [{ jaccard: 0.8, error: null }] },
        { name: "blur", kind: "baseline", runs: [{ jaccard: 0.1, error: 8 }] },
      ],
      { metrics },
    );
    expect(placed("jaccard", results)).toEqual([
      ["a", 1],
      ["c", expect.closeTo(0.5, 10)],
      ["b", 0],
      ["blur", 0],
    ]);
    expect(placed("error", results)).toEqual([
      ["a", 0],
      ["c", undefined],
      ["b", 1],
      ["blur", 0],
    ]);
  });

  test("a floor that wins is the only best cell", () => {
    const results = smallResults(
      [
        { name: "a", runs: [{ jaccard: 0.6, error: 4 }] },
        { name: "b", runs: [{ jaccard: 0.4, error: 2 }] },
        { name: "blur", kind: "baseline", runs: [{ jaccard: 0.8, error: 1 }] },
      ],
      { metrics },
    );
    expect(placed("jaccard", results)).toEqual([
      ["a", expect.closeTo(0.5, 10)], // halfway from 0.4 to 0.8
      ["b", 0],
      ["blur", 1],
    ]);
    expect(placed("error", results)).toEqual([
      ["a", 0],
      ["b", expect.closeTo(2 / 3, 10)], // from 4 to 1
      ["blur", 1],
    ]);
  });

  test("small differences look small: colours span a tenth of the metric's range at least", () => {
    const results = smallResults(
      [
        { name: "a", runs: [{ jaccard: 0.9, error: 20 }] },
        { name: "b", runs: [{ jaccard: 0.89, error: 20 }] },
        { name: "c", runs: [{ jaccard: 0.88, error: 19 }] },
      ],
      { metrics },
    );
    expect(placed("jaccard", results)).toEqual([
      ["a", 1],
      ["b", expect.closeTo(0.9, 10)], // 0.01 of 0.1
      ["c", expect.closeTo(0.8, 10)],
    ]);
    // Without an upper end: a tenth of the largest value, 2.
    expect(placed("error", results)).toEqual([
      ["a", expect.closeTo(0.5, 10)],
      ["b", expect.closeTo(0.5, 10)],
      ["c", 1],
    ]);
    const equal = smallResults(
      [
        { name: "a", runs: [{ error: 0 }] },
        { name: "b", runs: [{ error: 0 }] },
      ],
      { metrics },
    );
    expect(placed("error", equal).map(([, normalized]) => normalized)).toEqual([1, 1]);
  });

  test("ink has a contrast of at least 4.5 on every colour", () => {
    const luminance = (hex: string) => {
      const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
        const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (let i = 0; i <= 100; i++) {
      const { fill, ink } = heatColours(i / 100);
      const [low, high] = [luminance(fill), luminance(ink)].sort((a, b) => a - b) as [number, number];
      expect((high + 0.05) / (low + 0.05), fill).toBeGreaterThanOrEqual(4.5);
    }
    expect(heatColours(0).fill).toBe("#440154"); // the ends of viridis
    expect(heatColours(1).fill).toBe("#fde725");
  });

  test("prints every value, and escapes names", () => {
    const results = smallResults(
      [
        { name: "<a&b>", runs: [{ jaccard: 0.9, error: 4 }] },
        { name: "b", runs: [{ jaccard: 0.8125, error: null }] },
      ],
      { metrics },
    );
    const markup = markupOf(heatmapSection(scoreboardOfRun(results), rankMethods(results)));
    expect(markup).toContain("&lt;a&amp;b&gt;");
    for (const text of ["0.900", "0.813", "4.000"]) expect(markup).toContain(`>${text}</td>`);
    expect(markup).toContain(">not defined</span></td>");
    expect(markup).toContain(">error ↓</th>");
  });
});

describe("learning curves", () => {
  const point = (step: number, jaccard: number | null): HistoryPoint => ({
    step,
    seconds: step / 10,
    loss: 1 / step,
    validation: { jaccard, loss: 1 / step },
  });
  const history = [point(100, 0.5), point(200, null), point(300, 0.9), point(400, 0.9), point(500, 0.8)];

  test("the time to the best is that of the first of equals; a loss is best where lowest", () => {
    const results = smallResults([{ name: "a", runs: [0.9], more: { history } }]);
    const run = results.methods[0]?.runs[0] as (typeof results.methods)[0]["runs"][0];
    expect(timeToBest(results, run, "jaccard")).toEqual({ seconds: 30, step: 300 });
    expect(timeToBest(results, run, "loss")).toEqual({ seconds: 50, step: 500 });
    expect(timeToBest(results, run, "f1")).toBeUndefined();
  });

  test("the dashed line is the floor that is best on validation images", () => {
    const results = smallResults([
      { name: "otsu", kind: "baseline", runs: [0.9], validation: [0.4] },
      { name: "blur", kind: "baseline", runs: [0.6, 0.6], validation: [0.5, 0.7] },
    ]);
    expect(bestValidatedFloor(results, "jaccard")).toMatchObject({ name: "blur", score: { mean: 0.6 } });
  });

  test("one panel a network, one dashed line and one dot a chart", async () => {
    const checkpoint = { criterion: "jaccard", step: 300, value: 0.9 };
    const results = smallResults([
      { name: "a", runs: [0.9], more: { history, checkpoint } },
      { name: "b", runs: [0.8], more: { history, checkpoint } },
      { name: "blur", kind: "baseline", runs: [0.6] },
    ]);
    const markup = markupOf(await learningSection(results, rankMethods(results)));
    expect(markup.match(/class="panel"/g)).toHaveLength(2);
    expect(markup.match(/stroke-dasharray="4,3"/g)).toHaveLength(2);
    expect(markup.match(/<g class="mark-symbol[^>]*>(<path[^>]*><\/path>|<path[^>]*\/>)<\/g>/g)).toHaveLength(4);
  });

  test("each fold has a look of its own, in dashes too, and the legend names it", async () => {
    const results = smallResults([{ name: "a", runs: [0.9, 0.8], more: { history } }]);
    const section = markupOf(await learningSection(results, rankMethods(results)));
    const dashesOf = (line: number) =>
      [...section.matchAll(new RegExp(`<(?:path|line)[^>]*stroke="var\\(--line-${line}\\)"[^>]*`, "g"))].map(
        ([mark]) => /stroke-dasharray="([\d,. ]*)"/.exec(mark)?.[1]?.replaceAll(",", " ") ?? "",
      );
    expect(textOf(section)).toContain("fold 0 fold 1");
    expect(new Set(dashesOf(1))).toEqual(new Set([""])); // two charts and the legend
    expect(new Set(dashesOf(2))).toEqual(new Set(["7 3"]));
    expect(dashesOf(1)).toHaveLength(3);
  });

  test("thinning keeps the ends, and what must stay", () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    expect(thin(items, 4)).toEqual([0, 33, 66, 99]);
    expect(thin(items, 4, (i) => i === 40)).toEqual([0, 33, 40, 66, 99]);
    expect(thin([1, 2], 4)).toEqual([1, 2]);
  });
});

describe("cost", () => {
  test("the front is what nothing betters at less cost", () => {
    const point = (name: string, seconds: number, score: number) => ({ name, seconds, score });
    const points = [point("slow", 9, 0.95), point("waste", 8, 0.8), point("fast", 1, 0.7), point("mid", 2, 0.9)];
    const frontOf = (goal: "maximize" | "minimize", sign: number) =>
      paretoFront(points, goal, ({ seconds }) => sign * seconds).map(({ name }) => name);
    expect(frontOf("maximize", 1)).toEqual(["fast", "mid", "slow"]);
    expect(frontOf("minimize", 1)).toEqual(["fast"]);
    expect(frontOf("maximize", -1)).toEqual(["slow"]);
  });

  test("leaves out floors, ensembles and networks without a score", () => {
    const results = smallResults([
      { name: "a", runs: [0.9, "failed"] },
      { name: "b", runs: [null] },
      { name: "vote", kind: "ensemble", runs: [0.95] },
      { name: "blur", kind: "baseline", runs: [0.6] },
    ]);
    expect(costPoints(rankMethods(results))).toEqual([
      { name: "a", rank: 2, seconds: 1, score: 0.9, parameters: undefined, complexity: undefined },
    ]);
  });

  const network = (name: string, score: number, trainable: number, allOp: number, unknown = 0): SmallMethod => ({
    name,
    runs: [score],
    cost: {
      parameters: { trainable, nonTrainable: 0 },
      complexity: {
        ...{ height: 128, width: 128, channels: 1, macs: allOp / 2 },
        flops: { conv: allOp, tfProfiler: allOp, allOp },
        unknownLayers: Array.from({ length: unknown }, () => ({ name: "a", type: "A" })),
      },
    },
  });
  const sectionOf = async (methods: SmallMethod[]) => {
    const results = smallResults(methods);
    return markupOf(await costSection(results, rankMethods(results)));
  };

  test("draws operations against score with areas in proportion to parameters, and says which networks lie on the front", async () => {
    const markup = await sectionOf([
      network("big", 0.9, 4e6, 8e9),
      network("waste", 0.7, 2e6, 6e9),
      network("small", 0.8, 1e6, 2.34e9, 1),
    ]);
    const [chart = "", ...others] = markup.split("</figure>");
    const widths = [...chart.matchAll(/<path[^>]* d="M([\d.]+),0A/g)].map(([, radius]) => 2 * Number(radius));
    expect(widths.map((width) => Math.round(width ** 2))).toEqual([1600, 800, 400]);
    const text = textOf(chart);
    expect(text).toContain("Operations for one patch (GFLOPs)");
    expect(text).toContain("for one patch of 128 × 128");
    expect(text).toContain("joins the filled ones, which no other betters with fewer operations: small and big.");
    expect(text).toContain(
      "Of small only a lower bound is known (≥), because some layers do not say what they compute",
    );
    expect(text).toContain("areas are proportional to the number of trainable parameters.");
    expect(textOf(others.join(""))).toContain("small≥ 2.3 G1.0 M1.0 s0.800");
    expect(chart.match(/stroke-dasharray="4,3"/g)).toHaveLength(1);
  });

  test("numbers of balls that hide each other stand beside them, and the axis of costs begins at 0", async () => {
    const markup = await sectionOf([
      network("a", 0.8, 1e6, 8e9),
      network("b", 0.801, 1e6, 8e9),
      network("c", 0.7, 1e6, 6e9),
    ]);
    const [chart = ""] = markup.split("</figure>");
    const places = [
      ...chart.matchAll(/<text[^>]*transform="translate\(([\d.-]+),([\d.-]+)\)"[^>]*font-weight="bold"[^>]*>(\d)</g),
    ];
    const [one, two] = ["1", "2"].map((rank) => Number(places.find(([, , , text]) => text === rank)?.[1]));
    expect(Math.abs((one as number) - (two as number))).toBeGreaterThan(40); // at either side of the balls
    const ticks = [...chart.matchAll(/role-axis-label"[^>]*>(.*?)<\/g>/g)].map(([, labels = ""]) => labels);
    expect(ticks[0]).toMatch(/translate\(0,[^>]*>0</);
  });

  test("a network that is far smaller is drawn as a dot, with its number beside it and a word about that", async () => {
    const markup = await sectionOf([network("big", 0.9, 4e6, 8e9), network("tiny", 0.8, 1e3, 2e6)]);
    expect(textOf(markup)).toContain("trainable parameters (the smallest enlarged to be seen).");
    expect(textOf(markup)).toContain("(GFLOPs), logarithmic");
  });

  test("results of versions that counted no operations show training time alone", async () => {
    const markup = await sectionOf([
      { name: "a", runs: [0.9] },
      { name: "b", runs: [0.8] },
    ]);
    expect(markup.match(/<figure>/g)).toHaveLength(1);
    expect(textOf(markup)).toContain("Time of one training");
    expect(markup).not.toContain("FLOPs");
  });

  test("a network whose operations could not be counted is missing from the chart, and named", async () => {
    const markup = await sectionOf([
      network("big", 0.9, 4e6, 8e9),
      network("small", 0.8, 1e6, 2e9),
      { name: "muddle", runs: [0.7] },
    ]);
    expect(textOf(markup)).toContain("Not counted: muddle.");
    expect(textOf(markup)).toContain("3muddlenot recordednot recorded1.0 s0.700");
  });
});

describe("image by image", () => {
  test("hardest first, by networks and ensembles alone", () => {
    const results = smallResults([
      { name: "a", runs: [0.9], perImage: [0.9, 0.5, 0.7, 0.8] },
      { name: "blur", kind: "baseline", runs: [0.1], perImage: [0, 0, 0, 0] },
    ]);
    expect(hardestFirst(scoreboardOfRun(results))).toEqual(["image-1", "image-2", "image-3", "image-0"]);
  });

  test("pictures begin with the worst, the median and the best", () => {
    expect(pictureOrder(["a", "b", "c", "d", "e"]).map(({ id, word }) => `${id} ${word ?? ""}`.trim())).toEqual([
      "a worst",
      "c median",
      "e best",
      "b",
      "d",
    ]);
    expect(pictureOrder(["a", "b"]).map(({ word }) => word)).toEqual(["worst", "best"]);
    expect(pictureOrder(["a"]).map(({ word }) => word)).toEqual(["worst"]);
    expect(pictureOrder([])).toEqual([]);
  });

  test("a floor far below does not press the others together: it is noted at the edge", async () => {
    const results = smallResults([
      { name: "a", runs: [0.9] },
      { name: "blur", kind: "baseline", runs: [0.8] },
      { name: "constant", kind: "baseline", runs: [0] },
    ]);
    const markup = markupOf(await perImageSection(scoreboardOfRun(results), rankMethods(results)));
    expect(markup).toContain("‹ 4 images below");
  });
});
