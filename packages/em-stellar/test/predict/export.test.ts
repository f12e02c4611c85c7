import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@em-stellar/core";
import { decodeImage } from "@em-stellar/data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePng } from "../../../data/test/image-files.js";
import { command } from "../evaluation/command.js";

let folder: string;
const at = (...path: string[]) => join(folder, ...path);

/** A run of two networks, tested with the mean over 8 turns, and ensembles of them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-export-"));
  for (let i = 0; i < 6; i++) {
    const random = createRandom(i);
    const [x, y] = [random.uniform(8, 24), random.uniform(8, 20)];
    const rows = (value: (inside: boolean) => number) =>
      Array.from({ length: 28 }, (_, row) =>
        Array.from({ length: 33 }, (_, column) => value(Math.hypot(column - x, row - y) < 6)),
      );
    const part = i < 4 ? "train" : "test";
    await writePng(
      at(part, "images", `d${i}.png`),
      rows((inside) => 60 + +inside * 90 + random.integer(60)),
    );
    await writePng(
      at(part, "masks", `d${i}.png`),
      rows((inside) => +inside * 255),
    );
  }
  const small = { depth: 1, head: "stable" };
  const suite = {
    name: "discs",
    data: {
      id: "image-folder",
      options: { images: "train/images", masks: "train/masks", testImages: "test/images", testMasks: "test/masks" },
    },
    networks: [
      { id: "unet-bn", options: { ...small, baseFilters: 2, batchNormMomentum: 0.5 } },
      { id: "unet", options: { ...small, baseFilters: 1 } },
    ],
    loss: "binary-cross-entropy",
    optimizer: { id: "adam", options: { learningRate: 0.02 } },
    metrics: ["jaccard"],
    folds: 2,
    training: {
      ...{ patch: 24, batchSize: 2, steps: 8, validateEvery: 4, threshold: "validation" },
      testTimeAugmentation: true,
    },
    ensembles: [
      { combine: "average", top: 3, by: "jaccard", weights: "score" },
      { combine: "majority", top: 1, by: "jaccard", select: "folds" },
    ],
    augmentation: null,
    baselines: ["constant"],
  };
  await writeFile(at("suite.json"), JSON.stringify(suite));
  // Starts from a training of the run: its own scores are those from before.
  const tuned = {
    ...{ ...suite, name: "tuned", networks: suite.networks.slice(1), ensembles: [], baselines: [] },
    training: { ...suite.training, steps: 4, initial: "run/jobs/unet/fold-0/seed-1" },
  };
  await writeFile(at("tuned.json"), JSON.stringify(tuned));
  const { status, stderr } = await command("run", at("suite.json"), "--out", at("run"), "--workers", "1", "-b", "wasm");
  if (status !== 0) throw new Error(stderr);
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const json = async (...path: string[]) => JSON.parse(await readFile(at(...path), "utf8"));
const pixels = async (...path: string[]) =>
  (await decodeImage(new Uint8Array(await readFile(at(...path))), path.join("/")))[0]?.data;

describe("em-stellar export", () => {
  it.each(["average-top-3-by-jaccard-weighted", /^majority-folds-of-/])(
    "copies the ensemble %s, which predicts what the run has stored of its test images",
    async (wanted) => {
      const { methods } = await json("run", "results.json");
      const { name, runs } = methods.find((method: { name: string }) =>
        typeof wanted === "string" ? method.name === wanted : wanted.test(method.name),
      );
      const exported = await command("export", at("run"), "--method", name, "--out", at("exports", name));
      expect([exported.status, exported.stderr]).toEqual([0, ""]);
      expect(exported.stdout).toContain(`Exported ${name}, an ensemble of ${runs[0].members.length} models: `);
      await rm(at("out"), { recursive: true, force: true });
      const predicted = await command(
        ...["predict", at("exports", name), at("test", "images"), "--out", at("out"), "-b", "wasm", "--output", "both"],
      );
      expect([predicted.status, predicted.stderr]).toEqual([0, ""]);
      expect(predicted.stdout).toContain(
        `Model:  ${name} of suite discs, an ensemble of ${runs[0].members.length} models`,
      );
      const { inputs } = await json("out", "predictions.json");
      for (const { name: image, results } of inputs) {
        const map = results.find((path: string) => !/mask/.test(path));
        expect(await pixels("out", map)).toEqual(await pixels("run", runs[0].predictions, `${image}.png`));
        const mask = results.find((path: string) => /mask/.test(path));
        const stored = (await pixels("run", runs[0].predictions, `${image}.png`)) as Uint16Array;
        const expected = Uint8Array.from(stored, (value) => (Math.fround(value / 65535) > runs[0].threshold ? 255 : 0));
        expect(await pixels("out", mask)).toEqual(expected);
      }
    },
  );

  it("copies a network: its best training by validation images, with test-time augmentation as it was tested", async () => {
    const { methods } = await json("run", "results.json");
    const { runs } = methods.find((method: { name: string }) => method.name === "unet");
    const best = runs.reduce((a: (typeof runs)[0], b: (typeof runs)[0]) =>
      (b.validation.jaccard ?? -1) > (a.validation.jaccard ?? -1) ? b : a,
    );
    expect((await command("export", at("run"), "--method", "unet", "--out", at("exports", "unet"))).status).toBe(0);
    expect((await readdir(at("exports", "unet"))).sort()).toEqual(["model.json", "segmentation.json", "weights.bin"]);
    await rm(at("out"), { recursive: true, force: true });
    await command("predict", at("exports", "unet"), at("test", "images", "d4.png"), "--out", at("out"), "-b", "wasm");
    expect(await pixels("out", "d4.png")).toEqual(await pixels("run", best.predictions, "d4.png"));
    const once = ["--no-test-time-augmentation", "--fresh"];
    await command(
      "predict",
      at("exports", "unet"),
      at("test", "images", "d4.png"),
      "--out",
      at("out"),
      "-b",
      "wasm",
      ...once,
    );
    expect(await pixels("out", "d4.png")).not.toEqual(await pixels("run", best.predictions, "d4.png"));
  });

  it("is not needed to start a training from a model of a run", async () => {
    const { status, stdout } = await command(
      "run",
      at("tuned.json"),
      "--out",
      at("tuned"),
      "--workers",
      "1",
      "-b",
      "wasm",
    );
    expect(status).toBe(0);
    expect(stdout).toContain("was trained on images of this data set");
    const [own] = (await json("tuned", "results.json")).methods[0].runs;
    const { methods } = await json("run", "results.json");
    const [source] = methods.find((method: { name: string }) => method.name === "unet").runs;
    expect(own.before.pooled).toEqual(source.pooled);
    expect(own.before.threshold).toBe(source.threshold);
  });

  it("says what can be exported", async () => {
    const refused = async (...args: string[]) => (await command("export", ...args)).stderr;
    expect(await refused(at("run"), "--method", "unet-bm", "--out", at("x"))).toContain(
      'has no trained method "unet-bm". Did you mean "unet-bn"? Available: ',
    );
    expect(await refused(at("run"), "--method", "constant", "--out", at("x"))).toContain(
      '"constant" is a baseline: it has no model to export.',
    );
    expect(await refused(at("run"), "--out", at("train"))).toContain("is not empty. Export into a new folder.");
    expect(await refused(at("train"), "--out", at("x"))).toContain("is not a run. Name the folder of a finished run.");
  });
});
