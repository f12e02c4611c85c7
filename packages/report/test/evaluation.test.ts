import { type Evaluation, memoryStore, picturesOf } from "@em-stellar/core";
import { picturedImages, renderEvaluation } from "@em-stellar/report";
import { encode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { groupMeasures } from "../src/evaluation/measures.js";
import { wordsOf } from "./metric-words.js";
import { textOf } from "./small-results.js";

interface SmallMethod {
  readonly name: string;
  /** The Jaccard over all images, or of each score by id. */
  readonly pooled: number | null | Record<string, number | null>;
  readonly perImage?: readonly number[];
  /** 2 for a mask. */
  readonly scores?: number;
  readonly interval?: readonly [low: number, high: number];
  /** Whether it cannot be told from the leader. */
  readonly level?: boolean;
}

/** An evaluation small enough to check by hand. */
function smallEvaluation(methods: readonly SmallMethod[], given: Partial<Evaluation> = {}, images = 4): Evaluation {
  const ids = Array.from({ length: images }, (_, i) => `slice-${i}`);
  const stored = { format: "8-bit greys", lowest: 0, highest: 255, white: null };
  const metrics = given.metrics ?? [metric("jaccard"), metric("f1"), metric("v-rand")];
  return {
    schemaVersion: 1,
    kind: "evaluation",
    name: "mitochondria",
    finished: "2026-03-01T14:05:09.000Z",
    metrics,
    rankedBy: metrics[0]?.id ?? "",
    options: { threshold: 0.5, positive: "object" },
    data: {
      truth: "truth",
      stored,
      grey: 0.001,
      foreground: 0.3,
      hash: "00ff",
      images: ids.map((id) => ({ id, file: `truth/${id}.png`, width: 4, height: 4 })),
      pictures: ids.map((id) => ({ id, truth: `pictures/truth/${id}.png` })),
    },
    environment: { "em-stellar": "0.1.0", command: "npx em-stellar evaluate --truth truth --predictions all" },
    warnings: [],
    methods: methods.map(({ name, pooled, perImage, scores = 200 }) => {
      const values = typeof pooled === "object" && pooled !== null ? pooled : { [metrics[0]?.id ?? ""]: pooled };
      return {
        name,
        path: `all/${name}`,
        pairedBy: "name",
        stored,
        rounded: false,
        hash: "abcdef0123456789abcdef",
        seconds: 1,
        pooled: values,
        perImage: ids.map((image, i) => ({ image, [metrics[0]?.id ?? ""]: perImage?.[i] ?? 0.5 })),
        curves: {
          scores,
          precisionRecall: { recall: [0, 0.5, 1], precision: [1, 0.9, 0.4] },
          roc: { fpr: [0, 0.1, 1], tpr: [0, 0.9, 1] },
          sweep: {
            thresholds: [0, 0.25, 0.5, 0.75, 1],
            f1: [0.4, 0.9, 0.8, 0.6, 0],
            jaccard: [0.3, 0.8, 0.7, 0.5, null],
          },
          operating: { recall: 0.8, precision: 0.85, fpr: 0.1 },
        },
      };
    }),
    ...given,
    ...(methods.some(({ interval }) => interval) && {
      statistics: {
        level: 0.95,
        units: { kind: "images", count: images },
        resamples: 1000,
        exact: false,
        sentence: "a leads.",
        metrics: {
          [metrics[0]?.id ?? ""]: {
            resampled: "pooled score",
            leader: methods[0]?.name ?? null,
            decidable: true,
            methods: methods.map(({ name, pooled, interval, level }, i) => ({
              method: name,
              estimate: typeof pooled === "number" ? pooled : null,
              interval: interval ? { low: interval[0], high: interval[1] } : null,
              ...(i > 0 && {
                comparison: {
                  units: images,
                  difference: 0,
                  interval: null,
                  p: 0.5,
                  adjusted: 0.5,
                  better: level ? null : ("leader" as const),
                },
              }),
            })),
          },
        },
      },
    }),
  };
}

function metric(id: string, positive?: "object" | "background", goal: "maximize" | "minimize" = "maximize") {
  const [base = id] = id.split(":");
  const range: [number, number] = [0, 1];
  return { id, metric: base, goal, range, options: positive === undefined ? {} : { positive }, ...wordsOf(id) };
}

const store = memoryStore();
beforeAll(async () => {
  const mask = encode({
    width: 4,
    height: 4,
    channels: 1,
    data: Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? 255 : 0)),
  });
  for (let i = 0; i < 4; i++) {
    await store.write(`pictures/truth/slice-${i}.png`, mask);
    for (const name of ["a", "b"]) await store.write(`${picturesOf(name)}/slice-${i}.png`, mask);
  }
});

/** The text of one section of a page. */
function section(html: string, id: string): string {
  const from = html.indexOf(`<section id="${id}"`);
  return from < 0 ? "" : textOf(html.slice(from, html.indexOf("</section>", from)));
}

const two: readonly SmallMethod[] = [
  { name: "a", pooled: 0.91234, perImage: [0.9, 0.95, 0.7, 0.92], interval: [0.89, 0.93] },
  { name: "b", pooled: 0.9, perImage: [0.8, 0.9, 0.6, 0.91], interval: [0.88, 0.915], level: true },
];

describe("the page of an evaluation", () => {
  let html = "";
  beforeAll(async () => {
    html = await renderEvaluation(smallEvaluation(two), { store });
  });

  test("says which is best, how sure that is, and what is not known", () => {
    const text = textOf(html);
    expect(text).toContain("On 4 images, a ranks first of 2 by Jaccard: 0.912 (95 % interval 0.890–0.930).");
    expect(text).toContain("a leads.");
    expect(text).toContain("it is not known whether methods were trained on these images");
  });

  test("has every section, each id once, and asks for nothing from elsewhere", () => {
    for (const id of ["ranking", "pictures", "thresholds", "heatmap", "images", "run", "cite", "glossary"]) {
      expect(html).toContain(`<section id="${id}"`);
    }
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...html.matchAll(/(?:href="#|url\(#|for=")([\w-]+)/g)].map(([, id]) => id);
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? "");
    expect(addresses.filter((address) => !/^(#|data:image\/png;base64,|\.\.\/[\w.%/-]+$)/.test(address))).toEqual([]);
    expect(html).not.toMatch(/@import|<link|<iframe|fetch\(/);
  });

  test("leaves nothing undefined in its text, and does not speak of trainings", () => {
    const [body = ""] = html.replace(/<script>.*?<\/script>/s, "").split("</html>");
    const text = textOf(body.replace(/<style>.*?<\/style>/s, ""));
    expect(text).not.toMatch(/undefined|NaN|\[object|null/);
    expect(text).not.toMatch(/network|fold|seed|validation|floor/i);
  });

  test("prints three decimals, the best and what cannot be told from it in bold, with the interval at hand", () => {
    expect(html).toContain('title="0.890 to 0.930"><b>0.912</b>');
    expect(html).toContain('title="0.880 to 0.915"><b>0.900</b>');
    expect(section(html, "ranking")).toContain("The bar under a number is its 95 % confidence interval over images");
  });

  test("gives the best threshold of the sweep, and warns of it", () => {
    const text = section(html, "thresholds").replaceAll(" ", "");
    expect(text).toContain("a0.8000.900at0.250.7000.800at0.25");
    expect(section(html, "thresholds")).toContain("They were chosen on the scored images, so they are too good");
  });

  test("says what was read from the files, and repeats the command", () => {
    const text = section(html, "run");
    expect(text).toContain("8-bit greys from 0 to 255; divided by the highest value of their format");
    expect(text).toContain("npx em-stellar evaluate --truth truth --predictions all");
  });

  test("the same results give the same page, whatever was drawn before", async () => {
    expect(await renderEvaluation(smallEvaluation(two), { store })).toBe(html);
  });
});

describe("renderEvaluation", () => {
  test("draws masks as points, and says what their curves are worth", async () => {
    const html = await renderEvaluation(smallEvaluation([{ name: "a", pooled: 0.9, scores: 2 }]), { store });
    expect(section(html, "thresholds")).toContain("All predictions here are masks, which already have one threshold");
    expect(section(html, "thresholds")).not.toContain("best F1");
    const precisionRecall = html.slice(
      html.indexOf("Precision over recall of 1 methods"),
      html.indexOf("ROC of 1 methods"),
    );
    expect(precisionRecall.match(/role-mark/g)).toHaveLength(2); // of the line, which is empty, and of the point
    expect(precisionRecall).not.toMatch(/<path d="M[^"]+" stroke="var\(--line-1\)"/);
    expect(textOf(html)).toContain("On 4 images, a reaches a Jaccard of 0.900.");
  });

  test("names the class that is positive, and puts the paper's view beside the usual one", async () => {
    const metrics = [
      metric("jaccard", "object"),
      metric("f1", "object"),
      metric("accuracy", "object"),
      metric("hausdorff-95", undefined, "minimize"),
      metric("f1:background", "background"),
    ];
    const pooled = { jaccard: 0.9, f1: 0.95, accuracy: 0.97, "hausdorff-95": 12.3456, "f1:background": 0.98 };
    const evaluation = smallEvaluation([{ name: "a", pooled }], {
      metrics,
      options: { threshold: 0.5, positive: "both" },
    });
    expect(groupMeasures(evaluation).map(({ title, metrics }) => [title, metrics.map(({ id }) => id)])).toEqual([
      ["Positive class: object", ["jaccard", "f1", "accuracy"]],
      ["Positive class: background, as in the EM-stellar paper", ["f1:background", "accuracy", "jaccard"]],
      ["Outlines", ["hausdorff-95"]],
    ]);
    const text = section(await renderEvaluation(evaluation, { store }), "ranking");
    expect(text).toContain("For scores that need a positive class, it is the object.");
    expect(text).toContain("F1background positive");
    expect(text).toContain("Jaccardobject positive");
    expect(text).not.toContain("Accuracyobject positive");
    expect(text).toContain("12.3");
  });

  test("warns by kind, with advice", async () => {
    const warnings = [
      { code: "truth-empty", message: "The truth is background throughout." },
      { code: "of-tomorrow", message: "Something new." },
    ];
    const text = section(await renderEvaluation(smallEvaluation(two, { warnings }), { store }), "warnings");
    expect(text).toContain("2 warnings");
    expect(text).toContain("The truth has no object");
    expect(text).toContain("Of tomorrow");
  });

  test("makes a page of scores that are not defined, of curves that there are not, and of many methods", async () => {
    const evaluation = smallEvaluation(
      Array.from({ length: 11 }, (_, i) => ({ name: `m${i}`, pooled: null })),
      {},
      1,
    );
    for (const method of evaluation.methods) method.curves = { ...method.curves, precisionRecall: null, roc: null };
    const html = await renderEvaluation(evaluation, { store });
    expect(textOf(html)).toContain("On 1 image, no method has a score by Jaccard, so there is no ranking.");
    expect(section(html, "thresholds")).toContain("The 8 methods that rank highest have a colour.");
  });

  test("escapes every name that a user gives", async () => {
    const evil = `'"><script>alert(1)</script>&`;
    const evaluation = smallEvaluation(
      [
        { name: evil, pooled: 0.5 },
        { name: `${evil}2`, pooled: 0.4, scores: 2 },
      ],
      {
        name: evil,
        metrics: [metric(evil)],
        rankedBy: evil,
        environment: { [evil]: evil, command: evil },
        warnings: [{ code: evil, message: evil }],
      },
    );
    evaluation.data.truth = evil;
    evaluation.data.images = evaluation.data.images.map((image) => ({ ...image, file: evil }));
    const html = await renderEvaluation(evaluation, { store, folder: evil, citation: () => evil });
    expect(html).not.toContain("<script>alert");
    expect(html.match(/<script/g)).toHaveLength(1);
  });
});

test("picturedImages are at most 12: worst, median and best first", () => {
  const perImage = Array.from({ length: 30 }, (_, i) => 0.5 + ((i * 7) % 30) / 100);
  const ids = picturedImages(smallEvaluation([{ name: "a", pooled: 0.6, perImage }], {}, 30));
  expect(ids).toHaveLength(12);
  const byScore = perImage.map((score, i) => ({ score, id: `slice-${i}` })).sort((a, b) => a.score - b.score);
  expect(ids.slice(0, 4)).toEqual([0, 14, 29, 1].map((place) => byScore[place]?.id));
});
