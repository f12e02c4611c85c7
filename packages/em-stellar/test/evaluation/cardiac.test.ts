import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Evaluation, evaluationSchema } from "@em-stellar/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import expected from "../fixtures/cardiac-evaluation.json" with { type: "json" };
import { command } from "./command.js";

const data = process.env.EM_STELLAR_DATA;
const columns = ["f1", "accuracy", "sensitivity", "specificity", "ppv", "npv", "jaccard"] as const;

/** Places of the columns in a row of the paper's table 1; V-Rand and V-Info stand between F1 and accuracy. */
const placeInTable = { f1: 0, accuracy: 3, sensitivity: 4, specificity: 5, ppv: 6, npv: 7, jaccard: 8 } as const;

describe.skipIf(!data)("the authors' released cardiac predictions (needs EM_STELLAR_DATA)", () => {
  let out: string;
  let evaluation: Evaluation;
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), "em-stellar-cardiac-"));
    const cardiac = join(data ?? "", "cardiac");
    const [truth, predictions] = [join(cardiac, "test", "masks"), join(cardiac, "released-predictions")];
    const options = ["--metrics", columns.join(","), "--positive", "both", "--workers", "1", "--out", out];
    const { status, stderr } = await command("evaluate", "--truth", truth, "--predictions", predictions, ...options);
    expect([status, stderr]).toEqual([0, ""]);
    evaluation = evaluationSchema.parse(JSON.parse(await readFile(join(out, "results.json"), "utf8")));
  }, 60_000);
  afterAll(() => rm(out, { recursive: true }));

  const pooledOf = (method: string) => evaluation.methods.find(({ name }) => name === method)?.pooled ?? {};

  it("are five methods on four images, paired by name", () => {
    expect(evaluation.methods.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
    expect(evaluation.methods.every(({ pairedBy }) => pairedBy === "name")).toBe(true);
    expect(evaluation.data.images.map(({ id }) => id)).toEqual(["A0004", "B0004", "C0004", "D0004"]);
  });

  it.each(Object.entries(expected))("%s: the numbers of the authors' notebook, to their five digits", (method, row) => {
    for (const id of columns) expect(pooledOf(method)[id], id).toBeCloseTo(row.notebook[id], 5);
  });

  it.each(Object.entries(expected))("%s: with the background positive, the exact counts' ratios", (method, row) => {
    for (const id of columns) {
      if (id === "jaccard" || id === "accuracy") continue; // no background of their own
      expect(pooledOf(method)[`${id}:background`], id).toBeCloseTo(row.backgroundPositive[id], 12);
    }
  });

  // The released maps of PReLU-net are not those of its row in the paper, and those of EM-net V2 4x not quite.
  it.each([
    ["CDeep3M", 1e-4],
    ["VGG", 1e-4],
    ["EM-net V1 BN", 1e-4],
    ["EM-net V2 4x", 5.2e-4],
  ] as const)(
    "%s: the standard columns of the paper's table 1, which mixes rounding and truncation",
    (method, most) => {
      for (const id of columns) {
        const value = pooledOf(method)[`${id}:background`] ?? pooledOf(method)[id];
        const printed = expected[method].paperTable1[placeInTable[id]] ?? Number.NaN;
        expect(Math.abs((value ?? Number.NaN) - printed), id).toBeLessThan(most + 1e-9);
      }
    },
  );
});
