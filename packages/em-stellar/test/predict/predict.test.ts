import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type Raster } from "@em-stellar/core";
import { bytesSource, createTiffEncoder, decodeImage, encodePng, imageFormats, openImageFile } from "@em-stellar/data";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { writeColours, writePng, writeTiff } from "../../../data/test/image-files.js";
import { command } from "../evaluation/command.js";

const root = join(import.meta.dirname, "..", "..", "..", "..");

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
const [width, height] = [37, 30]; // neither is a multiple of the network's stride

/** A bright disc on noise, and its mask. */
function disc(seed: number): { image: number[][]; mask: number[][] } {
  const random = createRandom(seed);
  const [x, y] = [random.uniform(10, 27), random.uniform(10, 20)];
  const rows = (value: (column: number, row: number) => number) =>
    Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_, column) => value(column, row)));
  const inside = (column: number, row: number) => Math.hypot(column - x, row - y) < 7;
  return {
    image: rows((column, row) => Math.floor(60 + (inside(column, row) ? 90 : 0) + 60 * random.next())),
    mask: rows((column, row) => (inside(column, row) ? 255 : 0)),
  };
}

const suite = {
  name: "discs",
  data: {
    id: "image-folder",
    options: { images: "train/images", masks: "train/masks", testImages: "test/images", testMasks: "test/masks" },
  },
  networks: [
    { id: "unet-bn", options: { baseFilters: 2, depth: 2, head: "stable", batchNormMomentum: 0.5 } },
    { id: "unet", options: { baseFilters: 1, depth: 1, head: "stable" } },
  ],
  loss: "binary-cross-entropy",
  optimizer: { id: "adam", options: { learningRate: 0.02 } },
  metrics: ["jaccard"],
  folds: 2,
  training: {
    patch: 24,
    batchSize: 2,
    steps: 8,
    validateEvery: 4,
    checkpoints: ["loss", "jaccard"],
    threshold: "validation",
    normalization: { method: "z-score", scope: "training-set" },
  },
  augmentation: null,
  baselines: ["constant"],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-predict-"));
  for (let i = 0; i < 6; i++) {
    const { image, mask } = disc(i);
    const part = i < 4 ? "train" : "test";
    await writePng(at(part, "images", `d${i}.png`), image);
    await writePng(at(part, "masks", `d${i}.png`), mask);
  }
  await writeFile(at("suite.json"), JSON.stringify(suite));
  const { status, stderr } = await command("run", at("suite.json"), "--out", at("run"), "--workers", "1", "-b", "wasm");
  if (status !== 0) throw new Error(stderr);
  await cp(checkpoint(), at("model"), { recursive: true });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => rm(at("out"), { recursive: true, force: true }));

const checkpoint = (fold = 0, criterion = "loss") =>
  at("run", "jobs", "unet-bn", `fold-${fold}`, "seed-1", "checkpoints", criterion);
const predict = (model: string, images: string | readonly string[], ...more: string[]) =>
  command("predict", model, ...[images].flat(), "--out", at("out"), "--backend", "wasm", ...more);
const decode = async (...path: string[]) => decodeImage(new Uint8Array(await readFile(at(...path))), path.join("/"));
const single = async (...path: string[]) => (await decode(...path))[0] as Raster & { fullRange: number };
const json = async (...path: string[]) => JSON.parse(await readFile(at(...path), "utf8"));

describe("em-stellar predict", () => {
  it("with a checkpoint that was copied elsewhere, alone, gives what the run has stored of its test images", async () => {
    const { status, stdout, stderr } = await predict(at("model"), at("test", "images"));
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toMatch(
      /^Model: {2}unet-bn of suite discs, fold 0, seed 1, best by loss \(0\.\d{3} on validation images\) at step \d+$/m,
    );
    expect(stdout).toContain(`Images: 2 images of ${width} × ${height} pixels`);
    expect(stdout).toMatch(/^Device: wasm \(/m);
    expect(stdout).toMatch(/^✓ .*d4\.png {2}object \d+\.\d %, \d+ s$/m);
    expect(stdout).toMatch(
      /^Predicted 2 images in \d+ s \([\d.]+ megapixels\/s\), with at most \d+ MiB on the device\.$/m,
    );
    expect((await readdir(at("out"))).sort()).toEqual(["d4.png", "d5.png", "predictions.json"]);
    for (const name of ["d4.png", "d5.png"]) {
      const map = await single("out", name);
      expect(map).toMatchObject({ width, height, channels: 1, fullRange: 65535 });
      expect(map).toEqual(await single("run", "jobs", "unet-bn", "fold-0", "seed-1", "predictions", name));
      expect(new Set(map.data).size).toBeGreaterThan(100);
    }
    expect(await json("out", "predictions.json")).toMatchObject({
      kind: "predictions",
      checkpoint: at("model"),
      settings: { output: "probability", format: "png", bits: 16, tile: null },
      model: { network: { id: "unet-bn", options: { depth: 2 } }, training: { suite: "discs", criterion: "loss" } },
      environment: { backend: "wasm" },
      inputs: [{ name: "d4", file: at("test", "images", "d4.png"), results: ["d4.png"] }, { name: "d5" }],
    });
  });

  it("of a job takes the checkpoint of its test images, and of a run the network that is best on validation images and its best training", async () => {
    const job = await predict(at("run", "jobs", "unet-bn", "fold-1", "seed-1"), at("test", "images", "d4.png"));
    expect(job.stdout).toContain("Of its 2 checkpoints, the one by loss, which its test images were predicted with.");
    const jobs = ["run", "jobs", "unet-bn"];
    expect(await single("out", "d4.png")).toEqual(await single(...jobs, "fold-1", "seed-1", "predictions", "d4.png"));

    await rm(at("out"), { recursive: true });
    const { methods } = await json("run", "results.json");
    const networks: [string, number[]][] = methods
      .filter(({ kind }: { kind: string }) => kind === "network")
      .map(({ name, runs }: { name: string; runs: { validation: { jaccard: number } }[] }) => [
        name,
        runs.map(({ validation }) => validation.jaccard),
      ]);
    const meanOf = ([, [first, second]]: [string, number[]]) => ((first as number) + (second as number)) / 2; // two folds
    const best = networks.reduce((a, b) => (meanOf(b) > meanOf(a) ? b : a));
    const [name, [first, second]] = best as [string, [number, number]];
    const fold = second > first ? 1 : 0;
    const { stdout } = await predict(at("run"), at("test", "images", "d4.png"));
    expect(stdout).toMatch(new RegExp(`^Model: {2}${name} of suite discs, fold ${fold}, seed 1`));
    expect(stdout).toContain(
      `${name}: best mean validation jaccard of 2 networks over 2 folds, ${meanOf(best).toFixed(3)}.`,
    );
    expect(stdout).toContain(
      `Of its 2 trainings, the one with the best validation jaccard, ${Math.max(first, second).toFixed(3)}.`,
    );
    expect(stdout).toContain(`${name}/fold-${fold}/seed-1/checkpoints/loss`);
  });

  it("says what to do where a run, or a training, has not finished", async () => {
    await cp(at("run"), at("other"), { recursive: true });
    await rm(at("other", "results.json"));
    expect((await predict(at("other"), at("test", "images"))).stderr).toMatch(
      /^error: The run in .*other has not finished\. .* or name one of its jobs\. Inside it are 8 models: /,
    );
    await rm(at("other", "jobs", "unet", "fold-0", "seed-1", "metrics.json"));
    const unfinished = await predict(at("other", "jobs", "unet", "fold-0", "seed-1"), at("test", "images"), "--fresh");
    expect(unfinished.stdout).toContain("! This training has not finished: these are its best weights so far.");
    expect(unfinished.stdout).toContain("Of its 2 checkpoints, the one by loss.");
  });

  it("writes masks at the model's threshold or at another, and both side by side", async () => {
    const { threshold } = await json("model", "segmentation.json");
    await predict(at("model"), at("test", "images"), "--output", "both");
    const map = await single("out", "probability", "d4.png");
    const mask = await single("out", "mask", "d4.png");
    expect(mask).toMatchObject({ width, height, channels: 1, fullRange: 255 });
    expect([...mask.data]).toEqual(Array.from(map.data, (value) => (value / 65535 > threshold ? 255 : 0)));
    expect(new Set(mask.data)).toEqual(new Set([0, 255]));

    await rm(at("out"), { recursive: true });
    const { stdout } = await predict(at("model"), at("test", "images"), "--output", "mask", "--threshold", "0.1");
    const lower = await single("out", "d4.png");
    expect([...lower.data]).toEqual(Array.from(map.data, (value) => (value / 65535 > 0.1 ? 255 : 0)));
    const share = [...lower.data].reduce((sum, value) => sum + value / 255, 0) / lower.data.length;
    expect(stdout).toContain(`d4.png  object ${(100 * share).toFixed(1)} %`);
  });

  it("takes stacks and folders in any mixture, and writes stacks as stacks or page by page", async () => {
    const pages = [disc(11).image, disc(12).image, disc(13).image];
    await writeTiff(at("stacks", "deep", "not-this.tif"), pages);
    const pixelSize = { x: 0.004, y: 0.004, z: 0.03, unit: "µm" };
    const size = { width, height };
    const encoder = createTiffEncoder([size, size, size], 8, { pixelSize });
    const parts = pages.flatMap((rows) => encoder.add(Uint8Array.from(rows.flat())));
    await writeFile(at("stacks", "brain.tif"), Buffer.concat(parts));
    await writeTiff(at("single.tiff"), [pages[1] as number[][]], 16);
    const images = [at("stacks"), at("single.tiff")];
    expect((await predict(at("model"), images)).status).toBe(0);
    expect((await readdir(at("out"), { recursive: true })).sort()).toEqual([
      "brain",
      "brain/slice-001.png",
      "brain/slice-002.png",
      "brain/slice-003.png",
      "predictions.json",
      "single.png",
    ]);
    const maps = await Promise.all([1, 2, 3].map((page) => single("out", "brain", `slice-00${page}.png`)));
    expect((await single("out", "single.png")).data).toEqual(maps[1]?.data); // the same pixels, in 16 bits

    await rm(at("out"), { recursive: true });
    await predict(at("model"), images, "--format", "tiff");
    expect((await readdir(at("out"))).sort()).toEqual(["brain.tif", "predictions.json", "single.tif"]);
    const stack = await decode("out", "brain.tif");
    expect(stack.map(({ data }) => data)).toEqual(maps.map(({ data }) => data));

    await rm(at("out"), { recursive: true });
    await predict(at("model"), images, "--format", "tiff", "--bits", "32", "--output", "both");
    const source = bytesSource(new Uint8Array(await readFile(at("out", "probability", "brain.tif"))), "brain.tif");
    const [header] = (await openImageFile(source, imageFormats)).pages;
    expect(header?.pixelSize).toEqual(pixelSize);
    const floats = await decode("out", "probability", "brain.tif");
    for (const [page, { data }] of floats.entries()) {
      expect(data).toBeInstanceOf(Float32Array);
      expect(Array.from(data, (p) => Math.ceil(p * 65535 - 0.5))).toEqual([...(maps[page]?.data ?? [])]);
    }
    expect((await decode("out", "mask", "brain.tif")).map(({ fullRange }) => fullRange)).toEqual([255, 255, 255]);
  });

  it("gives the same map from tiles", async () => {
    const side = 130;
    const random = createRandom("large");
    const data = Uint8Array.from({ length: side * (side - 9) }, () => random.integer(256));
    await writeFile(at("large.png"), encodePng({ width: side, height: side - 9, data }));
    await predict(at("model"), at("large.png"), "--format", "tiff", "--bits", "32");
    const [whole] = await decode("out", "large.tif");
    await rm(at("out"), { recursive: true });
    expect(
      (await predict(at("model"), at("large.png"), "--format", "tiff", "--bits", "32", "--tile", "64")).status,
    ).toBe(0);
    const [tiled] = await decode("out", "large.tif");
    const differences = Array.from(whole?.data ?? [], (value, i) => Math.abs(value - (tiled?.data[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });

  it("makes grey of colours, as where suites read images", async () => {
    const grey = disc(21).image;
    await writePng(at("grey", "same.png"), grey);
    await writeColours(
      at("colour", "same.png"),
      grey.map((row) => row.map((value) => [value, value, value])),
    );
    await predict(at("model"), at("grey"));
    const map = await single("out", "same.png");
    await rm(at("out"), { recursive: true });
    await predict(at("model"), at("colour"));
    expect(await single("out", "same.png")).toEqual(map);
  });
});

describe("a second call", () => {
  it("makes only what is missing, and clears what a crash left half written", async () => {
    await predict(at("model"), at("test", "images"), "--output", "both");
    const before = await readFile(at("out", "mask", "d5.png"));
    await rm(at("out", "mask", "d5.png"));
    await writeFile(at("out", "mask", "d5.png.123.writing"), "cut off");
    const { status, stdout } = await predict(at("model"), at("test", "images"), "--output", "both");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Images: 2 images of 37 × 30 pixels; 1 of them are in .*out already$/m);
    expect(stdout).not.toMatch(/^✓ .*d4\.png/m);
    expect(stdout).toMatch(/^✓ .*d5\.png/m);
    expect(await readFile(at("out", "mask", "d5.png"))).toEqual(before);
    expect(await readdir(at("out", "mask"))).toEqual(["d4.png", "d5.png"]);

    await writePng(at("more", "d9.png"), disc(9).image);
    await predict(at("model"), at("more"), "--output", "both");
    const { inputs } = await json("out", "predictions.json");
    expect(inputs.map(({ name }: { name: string }) => name)).toEqual(["d4", "d5", "d9"]);
  });

  it("makes again what is not as it was written, and names it", async () => {
    const again = () => predict(at("model"), at("test", "images"), "--output", "both", "--objects");
    const isDamaged = (path: string, problem: string) =>
      expect.stringContaining(`! ${at("out", path)} has changed since it was written: ${problem}. It is made again.`);
    await again();
    const paths = ["mask/d4.png", "probability/d5.png", "tables/objects/d4.csv"];
    const whole = await Promise.all(paths.map((path) => readFile(at("out", path))));
    const requireWhole = async () => {
      expect(await Promise.all(paths.map((path) => readFile(at("out", path))))).toEqual(whole);
    };
    // Another picture, a bit, and the end.
    await cp(at("out", "mask", "d5.png"), at("out", "mask", "d4.png"));
    await writeFile(at("out", paths[1] as string), whole[1]?.map((byte, i) => (i === 60 ? byte ^ 1 : byte)) ?? "");
    await writeFile(at("out", paths[2] as string), whole[2]?.subarray(0, 40) ?? "");
    const { stdout } = await again();
    for (const path of paths) expect(stdout).toEqual(isDamaged(path, "its checksum is not the one that was recorded"));
    await requireWhole();

    // A call that was killed recorded no checksums: what it left must be readable to its end.
    const { checksums, ...record } = await json("out", "predictions.json");
    expect(Object.keys(checksums)).toEqual(expect.arrayContaining(paths));
    await writeFile(at("out", "predictions.json"), JSON.stringify(record));
    await writeFile(at("out", paths[1] as string), whole[1]?.subarray(0, 200) ?? "");
    await writeFile(at("out", paths[2] as string), whole[2]?.subarray(0, 40) ?? "");
    const { stdout: told } = await again();
    expect(told).toEqual(
      isDamaged("probability/d5.png", "it is a corrupt or truncated PNG (it ends after 200 bytes, within its pixels)"),
    );
    expect(told).toEqual(isDamaged("tables/objects/d4.csv", "it is cut short"));
    await requireWhole();
    expect((await json("out", "predictions.json")).checksums).toEqual(checksums);
    expect((await again()).stdout).toMatch(/2 of them are in .*out already/);
  });

  it("with another model, in another way or of another image of that name is refused, until --fresh", async () => {
    const file = at("changing", "d4.png");
    await writePng(file, disc(4).image);
    await predict(at("model"), file);
    const map = await readFile(at("out", "d4.png"));
    const refused = async (...parameters: Parameters<typeof predict>) => {
      const { status, stderr } = await predict(...parameters);
      expect(await readFile(at("out", "d4.png"))).toEqual(map);
      return `${status} ${stderr}`;
    };
    const remedy = "Choose another folder with --out, or replace all that is there with --fresh.";
    expect(await refused(checkpoint(1), file)).toContain(
      `1 error: ${at("out")} holds predictions of another model. ${remedy}`,
    );
    expect(await refused(at("model"), file, "--format", "tiff")).toContain(
      `holds predictions made with another --format (png there, tiff here). ${remedy}`,
    );
    expect(await refused(at("model"), file, "--tile", "32")).toContain(
      "made with another --tile (none there, 32 here)",
    );
    expect(await refused(at("model"), at("test", "images", "d4.png"))).toContain(
      `${at("out", "d4.png")} is the prediction of ${file}, not of ${at("test", "images", "d4.png")}. ${remedy}`,
    );
    await utimes(file, new Date(0), new Date(0));
    expect(await refused(at("model"), file)).toContain(
      `${file} has changed since it was predicted to ${at("out", "d4.png")}.`,
    );

    await writeFile(at("out", "notes.txt"), "mine");
    expect((await predict(at("model"), file, "--fresh", "--format", "tiff")).status).toBe(0);
    expect((await readdir(at("out"))).sort()).toEqual(["d4.tif", "notes.txt", "predictions.json"]);
  });

  it("into a folder of something else is refused, also with --fresh", async () => {
    await mkdir(at("out"));
    await writeFile(at("out", "d4.png"), "precious");
    for (const fresh of [[], ["--fresh"]]) {
      expect((await predict(at("model"), at("test", "images"), ...fresh)).stderr).toMatch(
        /^error: .*out holds files \(d4\.png\) but no predictions\. Choose a new or an empty folder with --out\.\n$/,
      );
    }
    expect(await readFile(at("out", "d4.png"), "utf8")).toBe("precious");
  });
});

describe("a model without notes", () => {
  beforeAll(async () => {
    await cp(at("model"), at("bare"), { recursive: true });
    await rm(at("bare", "segmentation.json"));
  });

  it("is refused until it is said how its images were normalised", async () => {
    expect((await predict(at("bare"), at("test", "images"))).stderr).toMatch(
      /^error: .*bare has no segmentation\.json, so it is not known how .* --normalization z-score .* or min-max/,
    );
    const { status, stdout } = await predict(
      at("bare"),
      at("test", "images"),
      "--normalization",
      "z-score",
      "--output",
      "both",
    );
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Model: {2}bare\n/)]);
    const [map, mask] = [await single("out", "probability", "d4.png"), await single("out", "mask", "d4.png")];
    expect([...mask.data]).toEqual(Array.from(map.data, (value) => (value / 65535 > 0.5 ? 255 : 0)));
  });

  it("or until somebody writes down what matters", async () => {
    await predict(at("model"), at("test", "images"));
    const map = await single("out", "d4.png");
    const { normalization } = await json("model", "segmentation.json");
    await writeFile(at("bare", "segmentation.json"), JSON.stringify({ normalization }));
    await rm(at("out"), { recursive: true });
    expect((await predict(at("bare"), at("test", "images"))).status).toBe(0);
    expect(await single("out", "d4.png")).toEqual(map);
    await rm(at("bare", "segmentation.json"));
  });
});

it("warns of values far from those that a model with a fixed normalisation learnt from", async () => {
  await writeTiff(at("sixteen.tif"), [disc(4).image.map((row) => row.map((value) => 257 * value))], 16);
  const { stdout } = await predict(at("model"), [at("sixteen.tif"), at("test", "images", "d5.png")]);
  expect(stdout).toMatch(
    /^! The model learnt from images with values from 6\d to 2\d\d and normalises all images alike, but .*sixteen\.tif, has 1\d{4} to 5\d{4}\. Bring them to the same range first\.$/m,
  );
  expect((await predict(at("model"), at("test", "images"), "--fresh")).stdout).not.toContain("Bring them");
});

describe("what cannot be predicted is refused before anything is written", () => {
  const refusal = async (...parameters: Parameters<typeof predict>) => {
    const { status, stderr } = await predict(...parameters);
    expect(status).toBe(1);
    expect(existsSync(at("out"))).toBe(false);
    return stderr;
  };

  it("models", async () => {
    const images = at("test", "images");
    expect(await refusal(at("nowhere"), images)).toMatch(
      /^error: There is no .*nowhere\. Name the folder of a checkpoint, a job or a run\./,
    );
    expect(await refusal(at("suite.json"), images)).toMatch(/suite\.json is not a model\. Name the folder/);
    expect(await refusal(at("test"), images)).toMatch(
      /test is neither a model \(there is no model\.json in it\) nor a job \(no checkpoints\) nor a run \(no suite\.json or plan\.json\)\.\n$/,
    );
    expect(await refusal(at("run", "jobs", "unet-bn", "fold-0"), images)).toMatch(
      /nor a run \(no suite\.json or plan\.json\)\. Inside it are 2 models: .*loss.*$/m,
    );
    await cp(at("model"), at("damaged"), { recursive: true });
    await writeFile(at("damaged", "weights.bin"), "short");
    expect(await refusal(at("damaged"), images)).toMatch(/The weights of .* have 5 bytes instead of \d+/);
    expect(await refusal(at("model"), images, "--normalization", "z-score")).toMatch(
      /The model says itself how its images were normalised \(z-score, by training-set\)\. Leave --normalization out\./,
    );
    expect(await refusal(at("model"), images, "--plugin", "./none.js")).toMatch(
      /--plugin: "\.\/none\.js" was not found from/,
    );
  });

  it("images", async () => {
    await writeFile(at("broken.png"), (await readFile(at("test", "images", "d4.png"))).subarray(0, 300));
    await writeFile(at("photo.jpg"), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
    await mkdir(at("empty"), { recursive: true });
    await writePng(at("twins", "D4.png"), disc(4).image);
    const [good, broken] = [at("test", "images", "d4.png"), at("broken.png")];
    expect(await refusal(at("model"), at("nothing.png"))).toMatch(/^error: There is no .*nothing\.png\.\n$/);
    expect(await refusal(at("model"), at("photo.jpg"))).toMatch(/photo\.jpg is a JPEG image/);
    expect(await refusal(at("model"), at("empty"))).toMatch(/no PNG or TIFF image in .*empty; it is empty/);
    expect(await refusal(at("model"), [good, broken])).toMatch(/^error: .*broken\.png is a corrupt or truncated PNG/);
    await cp(broken, at("broken-too.png"));
    expect(await refusal(at("model"), [broken, good, at("broken-too.png")])).toMatch(
      /^error: Nothing was predicted\.\n {2}.*broken\.png is .*\n {2}.*broken-too\.png is /,
    );
    expect(await refusal(at("model"), [good, at("twins")])).toMatch(
      /d4\.png and .*D4\.png would both be written as "D4"\. Predict them into two folders, or rename one\./,
    );
  });

  it("options", async () => {
    const images = at("test", "images");
    expect(await refusal(at("model"), images, "--bits", "32")).toContain("A PNG has no 32-bit floats.");
    expect(await refusal(at("model"), images, "--bits", "8")).toContain("It must be 16 or 32.");
    expect(await refusal(at("model"), images, "--format", "tiff", "--bits", "32", "--output", "mask")).toContain(
      "A mask has 8 bits.",
    );
    expect(await refusal(at("model"), images, "--tile", "8")).toMatch(
      /so that the smallest is \d+ × \d+, but tiles of 8 were asked for\. Use --tile \d+ or more, or a smaller --overlap: /,
    );
    expect(await refusal(at("model"), images, "--format", "gif")).toContain("Allowed choices are png, tiff.");
    expect(await refusal(at("model"), images, "--overlap", "-1")).toContain("It must be a whole number of at least 0.");
    expect(await refusal(at("model"), images, "--threshold", "1")).toContain("It must be a probability");
    expect((await command("predict", at("model"), images)).stderr).toContain("required option '-o, --out <folder>'");
    expect((await command("predict", at("model"), "--out", at("out"))).stderr).toContain(
      "missing required argument 'images'",
    );
  });
});

it("the program of docs/predict.md predicts what the command does, from a server", async () => {
  const code = /^```ts\n([\s\S]*?)^```$/m.exec(await readFile(join(root, "docs", "predict.md"), "utf8"))?.[1] ?? "";
  const served: Record<string, string> = {
    "/jaccard/model.json": at("model", "model.json"),
    "/jaccard/weights.bin": at("model", "weights.bin"),
    "/jaccard/segmentation.json": at("model", "segmentation.json"),
    "/a1.png": at("test", "images", "d4.png"),
  };
  const server = createServer(async ({ url = "" }, response) => {
    const file = served[url];
    response.writeHead(file ? 200 : 404, { "content-type": url.endsWith(".json") ? "application/json" : "image/png" });
    response.end(file && (await readFile(file)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is no string
  const printed: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(values));
  const snippets = await mkdtemp(join(import.meta.dirname, ".snippet-")); // where imports resolve as in any package
  try {
    // On the backend of the command below, whatever this repository has beside it.
    const here = code.replace("https://my.server", `http://127.0.0.1:${port}`).replace('"auto"', '"wasm"');
    await writeFile(join(snippets, "snippet.ts"), here);
    await import(join(snippets, "snippet.ts"));
  } finally {
    log.mockRestore();
    await rm(snippets, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
  }
  await predict(at("model"), at("test", "images", "d4.png"));
  const map = await single("out", "d4.png");
  const { threshold } = await json("model", "segmentation.json");
  expect(printed).toEqual([[width, height, threshold, expect.any(Float32Array)]]);
  expect(Array.from(printed[0]?.[3] as Float32Array, (p) => Math.ceil(p * 65535 - 0.5))).toEqual([...map.data]);
});
