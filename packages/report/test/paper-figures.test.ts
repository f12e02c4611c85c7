import { type HistoryPoint, type MethodResult, type Results, rankMethods } from "@em-stellar/core";
import { describe, expect, test } from "vitest";
import { boxOf, timesToBest } from "../src/convergence.js";
import { learningSection } from "../src/curves.js";
import { effectsSection } from "../src/effects.js";
import { methodsText } from "../src/methods-text.js";
import { meanCurve } from "../src/validation-curves.js";
import { wordsOf } from "./metric-words.js";
import { markupOf, smallResults, textOf } from "./small-results.js";

const point = (step: number, jaccard: number, f1: number): HistoryPoint => ({
  step,
  seconds: step / 10,
  loss: 1 / step,
  validation: { jaccard, f1, loss: 1 / step },
});
const metrics = ["jaccard", "f1"].map((id) => ({
  id,
  goal: "maximize" as const,
  range: [0, 1] as [number, number],
  options: {},
  ...wordsOf(id),
}));
/** Jaccard is best at step 200, F1 at step 100, the loss at step 300. */
const history = [point(100, 0.5, 0.9), point(200, 0.8, 0.7), point(300, 0.6, 0.6)];
const twoNetworks = () =>
  smallResults(
    [
      { name: "a", runs: [0.9], more: { history } },
      { name: "b", runs: [0.8], more: { history } },
    ],
    { metrics },
  );

describe("convergence", () => {
  test("quartiles are those of NumPy", () => {
    // numpy.percentile([1, 2, 3, 10], [0, 25, 50, 75, 100])
    expect(boxOf([10, 3, 1, 2])).toEqual({ low: 1, lower: 1.75, median: 2.5, upper: 4.75, high: 10 });
    expect(boxOf([7])).toEqual({ low: 7, lower: 7, median: 7, upper: 7, high: 7 });
    expect(boxOf([])).toBeUndefined();
  });

  test("one box a network in time and one in steps, a dot for each criterion", async () => {
    const results = twoNetworks();
    const { markup } = await timesToBest(results, results.methods);
    const [times, steps] = markup.split("<svg").slice(1) as [string, string];
    // The axes end at the slowest, 30 s and step 300; the middle half of 10, 20, 30 s is from 15 to 25 s.
    for (const chart of [times, steps]) {
      const boxes = [...chart.matchAll(/<path[^>]* d="M([\d.]+),[\d.]+h([\d.]+)v12[^>]*fill-opacity="0.25"/g)].map(
        ([, x, w]) => [Number(x), Number(w)],
      );
      const [left, width] = boxes[0] as [number, number];
      expect(boxes).toHaveLength(2);
      expect(left / width).toBeCloseTo(1.5, 0); // 15 to 10, but for the room at the ends of the axis
      expect([...chart.matchAll(/<path[^>]* d="M[\d.]+,0A/g)]).toHaveLength(6);
    }
    expect(times).toContain("medians a 20, b 20.");
    expect(steps).toContain("medians a 200, b 200.");
    expect(textOf(markup)).toContain("by all of Loss, Jaccard, F1;");
    expect(markup.startsWith("<details>")).toBe(true); // closed until a reader opens it
  });
});

describe("validation curves", () => {
  test("the curve of a network is the mean over its trainings that were validated at a step", () => {
    const method = smallResults([{ name: "a", runs: [0.9, 0.8], more: { history } }], { metrics })
      .methods[0] as MethodResult;
    const [first] = method.runs as [MethodResult["runs"][0]];
    const uneven = { ...method, runs: [first, { ...first, history: [point(100, 0.7, 0.9)] }] };
    expect(meanCurve(uneven, "jaccard")).toEqual([
      { step: 100, value: expect.closeTo(0.6, 10) },
      { step: 200, value: 0.8 },
      { step: 300, value: 0.6 },
    ]);
  });

  test("all networks are in one chart of each metric that does not rank, with different dashes, and none where one network stands alone", async () => {
    const results = twoNetworks();
    const markup = markupOf(await learningSection(results, rankMethods(results)));
    const [, part = ""] = markup.split("<summary>Validation curves of all networks by 1 other score</summary>");
    const [chart = ""] = part.split("</details>");
    expect(textOf(chart)).toMatch(/^a bF1/);
    const lines = [...chart.matchAll(/<path[^>]*stroke="var\(--line-(\d)\)"[^>]*>/g)];
    expect(lines.map(([, line]) => line)).toEqual(["2", "1"]); // the best is drawn last
    expect(lines[0]?.[0]).toContain('stroke-dasharray="7,3"');
    const alone = { ...results, methods: results.methods.slice(0, 1) };
    expect(markupOf(await learningSection(alone, rankMethods(alone)))).not.toContain(
      "Validation curves of all networks",
    );
  });
});

describe("effects of what was varied", () => {
  const sectionOf = async (results: Results) => markupOf(await effectsSection(results, rankMethods(results)));

  test("there are none where nothing was varied", async () => {
    expect(await sectionOf(twoNetworks())).toBe("");
  });

  test("the learning curve has a line for each network, with a bar from the lowest to the highest training", async () => {
    const results = smallResults([
      { name: "a+2-images", runs: [0.5, 0.7] },
      { name: "a+8-images", runs: [0.8, 0.9] },
      { name: "b+2-images", runs: [0.4] },
      { name: "b+8-images", runs: [0.95] },
    ]);
    const images = {
      ...results,
      methods: results.methods.map((method, i) => ({ ...method, trainingImages: i % 2 === 0 ? 2 : 8 })),
    };
    const markup = await sectionOf(images);
    expect(textOf(markup)).toContain("Training images, logarithmic");
    expect(markup).toContain("b 2: 0.400, 8: 0.950; a 2: 0.600, 8: 0.850."); // in the order of the ranking
    expect(textOf(markup)).toContain("Mean Jaccard on the test images by training images");
    expect(markup.match(/<figure/g)).toHaveLength(1);
  });

  test("batch sizes are compared where the rest is alike: fewer steps are another line", async () => {
    const results = smallResults([
      { name: "a+batch-2", runs: [0.7] },
      { name: "a+batch-8", runs: [0.9] },
      { name: "a+batch-8-short", runs: [0.6] },
    ]);
    const trainings = [
      { name: "batch-2", batchSize: 2, steps: 100 },
      { name: "batch-8", batchSize: 8, steps: 100 },
      { name: "batch-8-short", batchSize: 8, steps: 25 },
    ];
    const methods = results.methods.map((method, i) => ({
      ...method,
      training: trainings[i] as Record<string, unknown>,
    }));
    expect(await sectionOf({ ...results, methods })).toContain("steps 100 2: 0.700, 8: 0.900; steps 25 8: 0.600.");
  });

  test("learning rates are compared optimizer by optimizer", async () => {
    const results = smallResults([
      { name: "a+radam:1", runs: [0.8] },
      { name: "a+radam:2", runs: [0.9] },
      { name: "a+sgd:1", runs: [0.3] },
      { name: "a+sgd:2", runs: [0.7] },
    ]);
    const methods = results.methods.map((method, i) => ({
      ...method,
      components: [
        { kind: "optimizer", id: i < 2 ? "radam" : "sgd", options: { learningRate: i % 2 === 0 ? 0.001 : 0.1 } },
      ],
    }));
    expect(await sectionOf({ ...results, methods })).toContain(
      "radam 0.001: 0.800, 0.1: 0.900; sgd 0.001: 0.300, 0.1: 0.700.",
    );
  });

  test("an optimizer under two settings of another option is two lines, and what another one has none of names no line", async () => {
    const results = smallResults([
      { name: "a+radam:1", runs: [0.8] },
      { name: "a+radam:2", runs: [0.9] },
      { name: "a+radam:3", runs: [0.6] },
      { name: "a+sgd:1", runs: [0.3] },
    ]);
    const options = [
      { learningRate: 0.001, warmup: 0, epsilon: 1 },
      { learningRate: 0.1, warmup: 0, epsilon: 1 },
      { learningRate: 0.1, warmup: 5, epsilon: 1 },
      { learningRate: 0.1, momentum: 0.9 },
    ];
    const methods = results.methods.map((method, i) => ({
      ...method,
      components: [{ kind: "optimizer", id: i < 3 ? "radam" : "sgd", options: options[i] as Record<string, unknown> }],
    }));
    expect(await sectionOf({ ...results, methods })).toContain(
      "radam, warmup 0 0.001: 0.800, 0.1: 0.900; radam, warmup 5 0.1: 0.600; sgd 0.1: 0.300.",
    );
  });
});

test("the methods paragraph says how the learning rate went, what was augmented and what was varied", () => {
  const results = smallResults(
    [
      { name: "a+2-images", runs: [0.9] },
      { name: "a+4-images", runs: [0.9] },
      { name: "blur", kind: "baseline", runs: [0.5] },
    ],
    {
      training: {
        steps: 200,
        validateEvery: 50,
        checkpoints: ["jaccard", "loss"],
        augmentation: { rotation: 140, blur: 0, flipVertical: true, validation: true },
      },
    },
  );
  const options = { learningRate: 0.005, warmupProportion: 0.1, minLearningRate: 0.00001, schedule: "linear" };
  const methods = results.methods.map((method, i) => ({
    ...method,
    ...(i < 2 && { trainingImages: 2 * (i + 1) }),
    components: [{ kind: "optimizer", id: "radam", options }],
  }));
  const text = methodsText({ ...results, methods });
  for (const sentence of [
    "1 segmentation network (a) was benchmarked with EM-stellar on 16 training images and 4 held-out test images of 4 × 4 pixels",
    "objects covered 30.0 % of the training pixels.",
    "The learning rate of radam rose to 0.005 over the first 10.0 % of the steps and then followed a linear schedule down to 0.00001.",
    "Patches were augmented at random (rotation 140, flipVertical true).",
    "Every network was trained on 2, 4 training images of each fold.",
    "Networks were validated on whole images every 50 steps.",
    "The weights with the best validation Jaccard were kept, and for comparison those with the best validation Loss.",
    "Methods without a network (blur) were fitted on the same training images.",
  ]) {
    expect(text).toContain(sentence);
  }
});
