import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRandom, createRegistry, type Evaluation, memoryStore } from "@em-stellar/core";
import data, { encodePng } from "@em-stellar/data";
import { evaluateFiles as evaluateOnDisk } from "@em-stellar/evaluation/node";
import metrics, * as all from "@em-stellar/metrics";
import { afterAll, beforeAll, expect, it } from "vitest";
import { evaluateFiles } from "../../src/engine/handlers/evaluate.js";
import type { EvaluationOrder } from "../../src/engine/requests/evaluate.js";

const [width, height] = [24, 16];
const random = createRandom(3);
const truthOf = (seed: number) => Uint8Array.from({ length: width * height }, (_, i) => ((i * seed) % 7 < 3 ? 255 : 0));
const noisy = (mask: Uint8Array, share: number) => mask.map((value) => (random.next() < share ? 255 - value : value));

/** PNG files by their paths: a truth, and two methods of which one is far worse. */
const files = new Map<string, Uint8Array>();
for (const seed of [3, 5, 11]) {
  const mask = truthOf(seed);
  files.set(`truth/cell-${seed}.png`, encodePng({ width, height, data: mask }));
  files.set(`predictions/good/cell-${seed}_mask.png`, encodePng({ width, height, data: noisy(mask, 0.05) }));
  files.set(`predictions/bad/cell-${seed}_mask.png`, encodePng({ width, height, data: noisy(mask, 0.3) }));
  files.set(`predictions/.DS_Store`, new Uint8Array(3));
}
const given = (start: string) =>
  [...files]
    .filter(([path]) => path.startsWith(start))
    .map(([path, content]) => ({ path, content: new File([content.slice()], path) }));
const order: EvaluationOrder = {
  ...{ truth: given("truth/"), predictions: given("predictions/"), images: [] },
  ...{ threshold: 0.5, positive: "object", pair: "auto", labels: null, truthLabels: null, browser: "a test" },
};
const call = { tell: () => {}, signal: new AbortController().signal };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-"));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What does not depend on where and when. */
const scores = ({ methods, metrics: ranked, rankedBy, data: { hash, images } }: Evaluation) => ({
  ...{ ranked, rankedBy, hash },
  images: images.map(({ id }) => id),
  methods: methods.map(({ name, pooled, perImage, curves, hash }) => ({ name, pooled, perImage, curves, hash })),
});

async function onDisk(): Promise<Evaluation> {
  const { confusion, scoreCounts, scoreCountsMerger, precisionRecallCurve, rocCurve, thresholdSweep } = all;
  const counting = { confusion, scoreCounts, scoreCountsMerger, precisionRecallCurve, rocCurve, thresholdSweep };
  const context = {
    ...{ registry: createRegistry(metrics, data), counting, store: memoryStore(), pictured: () => [], environment: {} },
    entry: new URL("file:///unused"), // one worker: this thread
  };
  const paths = { truth: join(folder, "truth"), predictions: join(folder, "predictions") };
  for await (const event of evaluateOnDisk({ name: "x", ...paths, workers: 1 }, context)) {
    if (event.type === "finished") return event.evaluation;
  }
  throw new Error("unreachable: an evaluation ends with its results");
}

it("the page scores what it is given as the command scores the same files, to the last digit", async () => {
  const { evaluation, report, results } = await evaluateFiles(order, call);
  expect(scores(evaluation)).toEqual(scores(await onDisk()));
  expect(evaluation.methods.map(({ name }) => name)).toEqual(["good", "bad"]);
  expect(await report.text()).toContain("<title>");
  expect(JSON.parse(await results.text())).toMatchObject({ kind: "evaluation", name: "predictions" });
});

it("files that were chosen one by one are those of one method", async () => {
  const loose = given("predictions/good/").map(({ path, content }) => ({
    path: path.split("/").at(-1) ?? "",
    content,
  }));
  const { evaluation } = await evaluateFiles({ ...order, predictions: loose }, call);
  expect(evaluation.methods.map(({ name }) => name)).toEqual(["predictions"]);
});

it("says what is missing", async () => {
  const notes = [{ path: "notes.txt", content: new File(["x"], "notes.txt") }];
  await expect(evaluateFiles({ ...order, truth: notes }, call)).rejects.toThrow(
    "The truth: no PNG or TIFF image in truth; it holds notes.txt.",
  );
});
