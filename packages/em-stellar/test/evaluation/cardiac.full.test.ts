import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Evaluation, evaluationSchema } from "@em-stellar/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import expected from "../fixtures/cardiac-evaluation.json" with { type: "json" };

const data = process.env.EM_STELLAR_DATA;
const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
const cardiac = join(data ?? "", "cardiac");

describe.skipIf(!data)("the built command on the authors' released cardiac predictions (needs EM_STELLAR_DATA)", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "em-stellar-cardiac-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Starts the command; `interrupt` ends it as Ctrl-C does once it has written that. */
  function evaluate(out: string, options: readonly string[], interrupt?: string) {
    const [truth, predictions] = [join(cardiac, "test", "masks"), join(cardiac, "released-predictions")];
    const all = ["evaluate", "--truth", truth, "--predictions", predictions, "--out", join(folder, out), ...options];
    return new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = spawn(process.execPath, [bin, ...all], { stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      const listen = (text: Buffer) => {
        output += text;
        if (interrupt !== undefined && output.includes(interrupt)) child.kill("SIGINT");
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.on("close", (code) => resolve({ code, output }));
    });
  }
  const resultsIn = async (out: string): Promise<Evaluation> =>
    evaluationSchema.parse(JSON.parse(await readFile(join(folder, out, "results.json"), "utf8")));

  describe("with every measure", () => {
    let evaluation: Evaluation;
    beforeAll(async () => {
      const { code, output } = await evaluate("all", ["--workers", "2", "--positive", "both"]);
      expect(code, output).toBe(0);
      evaluation = await resultsIn("all");
    });

    it.each(Object.entries(expected))(
      "%s: V-Rand, V-Info, AUC and AP agree with Fiji and scikit-learn",
      (method, row) => {
        const { pooled = {}, perImage = [] } = evaluation.methods.find(({ name }) => name === method) ?? {};
        expect(pooled["v-rand"]).toBeCloseTo(row.vRand, 12);
        expect(pooled["v-info"]).toBeCloseTo(row.vInfo, 12);
        expect(pooled["auc-roc"]).toBeCloseTo(row.aucRoc, 9);
        expect(pooled["average-precision"]).toBeCloseTo(row.averagePrecision, 9);
        expect(pooled["v-rand"]).toBeCloseTo(row.notebook.vrand_max, 5);
        expect(pooled["v-info"]).toBeCloseTo(row.notebook.vinfo_max, 5);
        perImage.forEach((image, i) => {
          expect(image["v-rand"]).toBeCloseTo(row.vRandPerImage[i] ?? Number.NaN, 12);
          expect(image["v-info"]).toBeCloseTo(row.vInfoPerImage[i] ?? Number.NaN, 12);
        });
      },
    );

    // The printed values differ from those of the released maps by this much; PReLU-net's maps are not those of its row.
    it.each([
      ["CDeep3M", 5e-6, 5e-6],
      ["VGG", 8e-5, 9e-5],
      ["EM-net V1 BN", 9e-4, 1.1e-3],
      ["EM-net V2 4x", 7e-4, 1.3e-3],
    ] as const)(
      "%s: V-Rand and V-Info of the paper's table 1, as far as the released maps are its",
      (method, rand, info) => {
        const { pooled = {} } = evaluation.methods.find(({ name }) => name === method) ?? {};
        const [, vRand = 0, vInfo = 0] = expected[method].paperTable1;
        expect(Math.abs((pooled["v-rand"] ?? 0) - vRand)).toBeLessThan(rand);
        expect(Math.abs((pooled["v-info"] ?? 0) - vInfo)).toBeLessThan(info);
      },
    );
  });

  it("gives the same numbers in one thread and in several", async () => {
    const metrics = ["--metrics", "f1,jaccard,auc-roc,boundary-f1"];
    const outputs = [
      await evaluate("one", [...metrics, "--workers", "1"]),
      await evaluate("two", [...metrics, "--workers", "2"]),
    ];
    expect(outputs.map(({ code }) => code)).toEqual([0, 0]);
    const [one, two] = [await resultsIn("one"), await resultsIn("two")];
    const withoutTimes = ({ methods, statistics, data, warnings }: Evaluation) => ({
      methods: methods.map(({ seconds: _, ...method }) => method),
      statistics,
      data,
      warnings,
    });
    expect(withoutTimes(two)).toEqual(withoutTimes(one));
  });

  it("leaves nothing behind where it is stopped", async () => {
    const { code, output } = await evaluate("stopped", ["--workers", "2"], "✓");
    expect([code, output]).toEqual([130, expect.stringContaining("! Stopped. Nothing was written.")]);
    expect(existsSync(join(folder, "stopped"))).toBe(false);
  });

  it("says what a worker stumbled over, and ends", async () => {
    const { code, output } = await evaluate("refused", ["--workers", "2", "--white", "100"]);
    expect([code, output]).toEqual([1, expect.stringMatching(/"VGG" .* holds values from 0 to 255, but --white 100/)]);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});
