import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { featuresSchema } from "@em-stellar/core";
import { bytesSource, imageFormats, openImageFile } from "@em-stellar/data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { write, writePng, writeTiff } from "../../data/test/image-files.js";
import { chooseImages, pictureOf, shownTo } from "../../runner/src/node/features/images.js";
import { warningsOf } from "../../runner/src/node/features/warnings.js";
import { renderFeatures } from "../src/terminal/feature-progress.js";
import { command } from "./evaluation/command.js";

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const checkpoint = (method: string, fold = 0) =>
  at("run", "jobs", method, `fold-${fold}`, "seed-1", "checkpoints", "jaccard");
const features = (...args: string[]) => command("features", ...args, "--backend", "wasm");

// A run with real checkpoints, of a network that halves images once and of one that does so twice.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-features-"));
  const suite = {
    name: "tiny",
    data: { id: "phantom", options: { size: 64, trainImages: 4, testImages: 2, groups: 2, mitochondria: 20 } },
    networks: [
      { id: "unet-bn", options: { baseFilters: 2, depth: 1 } },
      { id: "prelu-net", options: { baseFilters: 2, depth: 2 } },
    ],
    loss: "dice",
    optimizer: "adam",
    metrics: ["jaccard"],
    folds: 2,
    training: { patch: 32, batchSize: 1, steps: 2, validateEvery: 2, checkpoints: ["jaccard"] },
    augmentation: null,
    baselines: ["constant"],
  };
  await writeFile(at("suite.json"), JSON.stringify(suite));
  const { status, stderr } = await command(
    "run",
    at("suite.json"),
    "--out",
    at("run"),
    "--workers",
    "1",
    "--backend",
    "wasm",
  );
  expect([status, stderr]).toEqual([0, ""]);
  const random = (i: number) => (i * 7919) % 251;
  for (const [n, name] of ["a", "b", "c"].entries()) {
    const rows = Array.from({ length: 50 }, (_, y) => Array.from({ length: 70 }, (_, x) => random(y * 70 + x + n)));
    await writePng(at("images", `${name}.png`), rows);
  }
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

describe("em-stellar features", () => {
  it("compares models on the same part of the same images, and leaves numbers, pictures and a page", async () => {
    const models = [checkpoint("unet-bn"), checkpoint("prelu-net")];
    const { status, stdout, stderr } = await features(
      ...models,
      "--images",
      at("images"),
      "--out",
      at("out"),
      "--count",
      "2",
    );
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("Models: unet-bn, prelu-net");
    expect(lines[1]).toMatch(/^Images: 2 images \(a, c\), on wasm \(/);
    expect(lines).toContainEqual(expect.stringMatching(/^✓ unet-bn {2}\d+ channels in 3 blocks, \d+ s$/));
    expect(lines).toContainEqual(expect.stringMatching(/ repeats itself least: .* on 2 images, and /));
    expect(lines).toContain(`Report:  ${at("out", "report", "index.html")}`);

    const found = featuresSchema.parse(JSON.parse(await readFile(at("out", "features.json"), "utf8")));
    // 70 × 50 made up to multiples of 4, the larger stride; the smallest maps of the deeper network are a quarter of it.
    expect(found.images).toEqual(
      ["a", "c"].map((name) => ({ name, width: 72, height: 52, grid: { width: 18, height: 13 } })),
    );
    const [unet, prelu] = found.models;
    expect(unet?.blocks.map(({ name }) => name)).toEqual(["encoder 1/1", "bottleneck", "decoder 1/1"]);
    expect(prelu?.blocks).toHaveLength(5);
    expect(unet).toMatchObject({ name: "unet-bn", network: "unet-bn" });
    for (const { pairs, blocks, channels, maps } of found.models) {
      expect(maps).toBe(2 * channels);
      const [first] = blocks;
      const varying = (first?.channels ?? 0) * 2 - (first?.constantMaps ?? 0);
      if (first?.constantMaps === 0) expect(pairs[0]?.pairs).toBe((2 * (varying / 2) * (varying / 2 - 1)) / 2);
      for (const { pairs: count, histogram } of pairs) expect(histogram.reduce((a, b) => a + b, 0)).toBe(count);
    }
    const sheets = found.models.flatMap((model) => model.sheets);
    expect(sheets).toHaveLength(8);
    for (const { path, columns } of sheets) {
      const source = bytesSource(new Uint8Array(await readFile(at("out", path))), path);
      const [picture] = (await openImageFile(source, imageFormats)).pages;
      expect(picture?.width).toBe(columns * 68 - 4);
    }
    expect(found.environment).toMatchObject({
      backend: "wasm",
      command: expect.stringContaining("em-stellar features "),
    });
    const page = await readFile(at("out", "report", "index.html"), "utf8");
    expect(page).toContain('<section id="channels"');
    expect(page.match(/src="data:image\/png;base64,/g)).toHaveLength(9);

    // Again, with the page alone; and over what is there, with other pictures.
    await rm(at("out", "report"), { recursive: true });
    expect((await command("report", at("out"))).stdout).toContain("repeats itself least");
    expect(await readFile(at("out", "report", "index.html"), "utf8")).toBe(page);
    const again = await features(
      checkpoint("unet-bn"),
      "--images",
      at("images", "b.png"),
      "--out",
      at("out"),
      "--side",
      "32",
    );
    expect([again.status, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toMatch(/Two feature maps of unet-bn correlate with a mean \|r\| of [\d.]+ on 1 image/);
    expect(await readdir(at("out", "pictures"))).toEqual(["1-unet-bn", "image.png"]);
  });

  it("names models of one method by fold and seed", async () => {
    const { stdout } = await features(
      checkpoint("unet-bn"),
      checkpoint("unet-bn", 1),
      "--images",
      at("images"),
      "--out",
      at("folds"),
      "--count",
      "1",
    );
    expect(stdout.split("\n")[0]).toBe("Models: unet-bn fold 0 seed 1, unet-bn fold 1 seed 1");
  });

  it("takes the network of a run that is best on validation images and the best checkpoint of a job, and says so", async () => {
    const job = at("run", "jobs", "prelu-net", "fold-1", "seed-1");
    const { status, stdout } = await features(
      at("run"),
      job,
      "--images",
      at("images"),
      "--out",
      at("found"),
      "--count",
      "1",
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/net(-bn)?: best mean validation jaccard of 2 networks over 2 folds, 0\.\d{3}\.$/m);
    const found = featuresSchema.parse(JSON.parse(await readFile(at("found", "features.json"), "utf8")));
    expect(found.models[1]?.path).toBe(join(job, "checkpoints", "jaccard"));
  });

  it("skips the floors that a pattern finds among the jobs of a run", async () => {
    await mkdir(at("otsu"));
    await writeFile(at("otsu", "metrics.json"), JSON.stringify({ result: { state: "done" } }));
    const args = ["--images", at("images"), "--count", "1"];
    const { status, stdout } = await features(at("otsu"), checkpoint("unet-bn"), ...args, "--out", at("skipped"));
    expect(status).toBe(0);
    expect(stdout).toMatch(/Skipped, because floors have no channels: .*otsu\./);
    const found = featuresSchema.parse(JSON.parse(await readFile(at("skipped", "features.json"), "utf8")));
    expect(found.models).toHaveLength(1);
  });

  it("refuses what it cannot use, says what would do, and writes nothing", async () => {
    const refusal = async (...args: string[]) => {
      const { status, stdout, stderr } = await features(...args, "--out", at("refused"));
      expect([status, stdout]).toEqual([1, ""]);
      expect(existsSync(at("refused"))).toBe(false);
      return stderr;
    };
    const images = ["--images", at("images")];
    expect(await refusal(at("nothing"), ...images)).toContain("Name the folder of a checkpoint, a job or a run.");
    expect(await refusal(at("images"), ...images)).toContain(
      "is neither a model (there is no model.json in it) nor a job",
    );
    expect(await refusal(checkpoint("unet-bn"), checkpoint("unet-bn"), ...images)).toContain("is given twice");
    expect(await refusal(checkpoint("unet-bn"), "--images", at("photos"))).toContain(
      `--images: there is no ${at("photos")}.`,
    );
    expect(await refusal(checkpoint("prelu-net"), ...images, "--side", "3")).toContain(
      "--side 3 is less than these models take: sides are multiples of 4.",
    );
    await cp(checkpoint("unet-bn"), at("bare"), { recursive: true });
    await rm(at("bare", "segmentation.json"));
    expect(await refusal(at("bare"), ...images)).toContain(
      'has no segmentation.json, which says how images are normalised for this model. Write one: {"normalization"',
    );
    await cp(checkpoint("unet-bn"), at("foreign"), { recursive: true });
    const topology = await readFile(at("foreign", "model.json"), "utf8");
    await writeFile(at("foreign", "model.json"), topology.replaceAll('"UpSampling2D"', '"MyLabEnlarge"'));
    expect(await refusal(at("foreign"), ...images)).toContain("model.json is damaged: its checksum");
    const notes = JSON.parse(await readFile(at("foreign", "segmentation.json"), "utf8"));
    await writeFile(at("foreign", "segmentation.json"), JSON.stringify({ ...notes, files: {}, checksum: undefined }));
    expect(await refusal(at("foreign"), ...images)).toContain("has layers of the class MyLabEnlarge");
    expect(await refusal(checkpoint("unet-bn"), ...images, "--plugin", "./my-lab.js")).toContain(
      '--plugin: "./my-lab.js" was not found',
    );
    await write(at("tiny", "a.png"), new Uint8Array(await readFile(at("images", "a.png"))));
    const foreign = await features(checkpoint("unet-bn"), ...images, "--out", at("tiny"));
    expect(foreign.stderr).toContain(
      "holds files (a.png) but no features. Choose a new or an empty folder with --out.",
    );
    expect((await command("features", checkpoint("unet-bn"))).stderr).toContain(
      "required option '--images <paths...>'",
    );
  });
});

describe("the part of an image that is shown", () => {
  const rows = (height: number, width: number) =>
    Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => 10 * y + x));
  const notes = {
    threshold: 0.5,
    normalization: { method: "min-max" as const, scope: "training-set" as const, offset: 10, scale: 0.1 },
  };

  it("is the middle of a large one, normalised as the model's notes say", async () => {
    await writePng(at("large.png"), rows(9, 10));
    const [image] = await chooseImages([at("large.png")], { count: 8, side: 5, stride: 4 });
    expect(image?.part).toEqual({ x: 3, y: 2, width: 4, height: 4 });
    const shown = shownTo(notes, image as NonNullable<typeof image>);
    expect(shown.data[0]).toBeCloseTo((23 - 10) * 0.1, 6); // row 2, column 3
    expect(shown.data[5]).toBeCloseTo((34 - 10) * 0.1, 6);
    expect(pictureOf(image as NonNullable<typeof image>)).toMatchObject({ width: 4, height: 4 });
  });

  it("is a small one whole, mirrored at its edges up to the stride", async () => {
    await writePng(at("small.png"), rows(4, 6));
    const [image] = await chooseImages([at("small.png")], { count: 8, side: 512, stride: 4 });
    expect(image?.part).toEqual({ x: -1, y: 0, width: 8, height: 4 });
    const shown = shownTo(
      { ...notes, normalization: { method: "min-max", scope: "image" } },
      image as NonNullable<typeof image>,
    );
    expect([shown.data[0], shown.data[1]]).toEqual([0, 0]); // column 0 is the darkest of the image, and mirrored
    for (const x of [6, 7]) expect(shown.data[x]).toBeCloseTo(5 / 35, 6);
  });

  it("comes from images picked evenly over folders, files and stacks", async () => {
    await writeTiff(
      at("stack.tif"),
      Array.from({ length: 6 }, () => rows(4, 4)),
    );
    const names = async (paths: string[], count: number) =>
      (await chooseImages(paths, { count, side: 512, stride: 2 })).map(({ name }) => name);
    expect(await names([at("stack.tif")], 2)).toEqual(["slice-002", "slice-005"]);
    expect(await names([at("stack.tif"), at("small.png")], 8)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((page) => `stack/slice-00${page}`),
      "small/small",
    ]);
  });
});

it("warns of grids that are too small to tell, and of networks that are mostly dead", () => {
  const image = { name: "a", width: 64, height: 64, grid: { width: 4, height: 4 } };
  const block = {
    name: "all layers",
    place: "whole" as const,
    reduction: 1,
    layers: [],
    channels: 10,
    constantMaps: 7,
    twins: 0,
  };
  const model = (dead: number) => ({
    name: "net",
    path: "",
    network: "",
    seconds: 1,
    sheets: [],
    channels: 10,
    maps: 10,
    blocks: [{ ...block, dead }],
    pairs: [],
    redundancy: { meanAbs: null, above: null, twins: null },
  });
  expect(warningsOf({ images: [image], models: [model(5)] })).toEqual([
    {
      code: "few-pixels",
      message: expect.stringContaining("over 16 pixels only: chance alone gives correlations of about ±0.25."),
    },
  ]);
  const large = { ...image, grid: { width: 8, height: 8 } };
  expect(warningsOf({ images: [large], models: [model(6)] })).toEqual([
    { code: "dead-channels", message: expect.stringMatching(/^6 of 10 channels of net are constant/) },
  ]);
});

it("draws one line with the rate and the time left, as wide as the terminal at most", () => {
  const progress = { model: "unet-bn", image: 1, images: 4, done: 25e9, total: 100e9, seconds: 10 };
  expect(renderFeatures(progress, 100)).toEqual([
    `unet-bn  ${"━".repeat(8)}${"─".repeat(24)}  25 %   image 1/4   30 s left   2.5 GMAC/s`,
  ]);
  expect(renderFeatures(progress, 50)[0]?.length).toBeLessThanOrEqual(50);
  expect(renderFeatures({ ...progress, done: 100e9 }, 100)).toEqual([]);
});
