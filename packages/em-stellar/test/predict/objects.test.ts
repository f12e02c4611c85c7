import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wasm } from "@em-stellar/backend-wasm";
import type { PixelSize } from "@em-stellar/core";
import { createTiffEncoder, decodeImage } from "@em-stellar/data";
import { io, tensor } from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writePng } from "../../../data/test/image-files.js";
import { planesByTifffile } from "../../../data/test/tiff-writer.js";
import { command } from "../evaluation/command.js";

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-objects-"));
  const device = await wasm().start();
  // The probability of a pixel of grey v is 1 / (1 + exp(10 - 20 v / 255)): above a half where v is above 127.5.
  const layer = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", inputShape: [null, null, 1] });
  const model = sequential({ layers: [layer] });
  layer.setWeights([tensor([20], [1, 1, 1, 1]), tensor([-10])]);
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      await writeFile(at("weights.bin"), new Uint8Array(io.CompositeArrayBuffer.join(weightData)));
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      await writeFile(at("model.json"), JSON.stringify({ modelTopology, weightsManifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  await device.dispose();
  const normalization = { method: "min-max", scope: "training-set", offset: 0, scale: 1 / 255 };
  await writeFile(at("segmentation.json"), JSON.stringify({ normalization, threshold: 0.5 }));
  await writePng(at("images", "a.png"), greys(first));
  await writePng(at("images", "b.png"), greys(second));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => rm(at("out"), { recursive: true, force: true }));

// Two objects by edges: a block of 3 × 2 pixels, and a pixel that touches it at a corner and the border of the image.
const first = ["........", ".###....", ".###....", "....#...", "........"].map((row) => row.slice(0, 5));
const second = ["#....", ".....", "..#..", ".....", "....."];
/** 255 in an object, 51 elsewhere: probabilities of 1 / (1 + e^-10) and 1 / (1 + e^6). */
const greys = (rows: readonly string[]) => rows.map((row) => [...row].map((letter) => (letter === "#" ? 255 : 51)));
const sure = 1 / (1 + Math.exp(-10));

const predict = (images: string | readonly string[], ...more: string[]) =>
  command("predict", folder, ...[images].flat(), "--out", at("out"), "--backend", "wasm", ...more);
const table = async (name: string) => {
  const [header = "", ...rows] = (await readFile(at("out", name), "utf8")).trim().split("\n");
  const columns = header.split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((value, i) => [columns[i] ?? "", value])));
};
const picture = async (...path: string[]) =>
  (await decodeImage(new Uint8Array(await readFile(at("out", ...path))), path.join("/")))[0];

/** A stack of 8 bits with the size of its pixels in its header. */
async function writeStack(file: string, pages: readonly (readonly string[])[], pixelSize: PixelSize): Promise<void> {
  const [page = []] = pages;
  const size = { width: page[0]?.length ?? 0, height: page.length };
  const encoder = createTiffEncoder(
    pages.map(() => size),
    8,
    { pixelSize },
  );
  const parts = pages.flatMap((rows) => encoder.add(Uint8Array.from(greys(rows).flat())));
  await writeFile(file, Buffer.concat([...parts, ...encoder.end()]));
}

describe("em-stellar predict --objects", () => {
  it("measures every object, and counts those of every image", async () => {
    const { status, stdout, stderr } = await predict(at("images"), "--objects", "--pixel-size", "5nm");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Pixel size: 5 nm, as given.");
    expect(stdout).toMatch(/^✓ .*a\.png {2}object 28\.0 %, 2 objects, \d+ s$/m); // 7 of 25 pixels
    expect(stdout).toContain(`Table:   ${at("out", "objects.csv")}\nTable:   ${at("out", "images.csv")}`);
    expect((await readdir(at("out"))).sort()).toEqual([
      "images.csv",
      "objects.csv",
      "predictions.json",
      "probability",
      "tables",
    ]);
    const objects = await table("objects.csv");
    expect(objects).toHaveLength(4);
    const [block, speck] = objects;
    expect(block).toEqual({
      ...{ image: "a.png", slice: "1", object: "1", area_px: "6", area_nm2: "150", x: "2", y: "1.5" },
      ...{ left: "1", top: "1", width: "3", height: "2", perimeter_px: "6" },
      equivalent_diameter_px: String(Number(Math.sqrt(24 / Math.PI).toPrecision(9))),
      equivalent_diameter_nm: String(Number((5 * Math.sqrt(24 / Math.PI)).toPrecision(9))),
      mean_probability: expect.stringMatching(/^0\.99995/),
      touches_border: "no",
    });
    expect(Number(block?.mean_probability)).toBeCloseTo(sure, 6);
    expect(speck).toMatchObject({ object: "2", area_px: "1", area_nm2: "25", x: "4", y: "3", touches_border: "yes" });
    expect(objects.slice(2).map(({ image, object, x, y }) => [image, object, x, y])).toEqual([
      ["b.png", "1", "0", "0"],
      ["b.png", "2", "2", "2"],
    ]);
    expect(await readFile(at("out", "images.csv"), "utf8")).toBe(
      [
        "image,slice,width,height,objects,object_area_px,object_area_nm2,area_fraction,pixel_width_nm,pixel_height_nm",
        "a.png,1,5,5,2,7,175,0.28,5,5",
        "b.png,1,5,5,2,2,50,0.08,5,5\n",
      ].join("\n"),
    );
  });

  it("leaves specks out, of tables and labels alike, and gives micrometres where they are meant", async () => {
    const size = ["--pixel-size", "0.005 um", "--min-area", "2"];
    await predict(at("images"), "--objects", "--output", "labels", ...size);
    expect((await predict(at("images"), "--objects", "--output", "labels", ...size.slice(0, 3), "3")).stderr).toContain(
      "made with another --min-area (2 there, 3 here)",
    );
    expect(await table("objects.csv")).toMatchObject([{ image: "a.png", area_px: "6", area_um2: "0.00015" }]);
    expect(await table("images.csv")).toMatchObject([
      { image: "a.png", objects: "1", area_fraction: "0.24", pixel_width_um: "0.005" },
      { image: "b.png", objects: "0", object_area_px: "0", area_fraction: "0" },
    ]);
    const labels = await picture("labels", "a.png");
    expect(labels).toMatchObject({ fullRange: 65535, channels: 1 });
    expect([...(labels?.data ?? [])]).toEqual(first.flatMap((row) => [...row].map((c, x) => +(c === "#" && x < 4))));
  });

  it("numbers objects in a stack slice by slice, in the pixel size of its header", async () => {
    await writeStack(at("stack.tif"), [first, second], { x: 0.004, y: 0.006, z: 0.05, unit: "µm" });
    const { stdout } = await predict(at("stack.tif"), "--objects", "--output", "labels", "--format", "tiff");
    expect(stdout).toContain("Pixel size: 4 × 6 nm, from the header of the images.");
    expect((await table("objects.csv")).map(({ slice, object, area_nm2 }) => [slice, object, area_nm2])).toEqual([
      ["1", "1", "144"], // 6 × 4 × 6
      ["1", "2", "24"],
      ["2", "1", "24"],
      ["2", "2", "24"],
    ]);
    const [one, two] = await decodeImage(new Uint8Array(await readFile(at("out", "labels", "stack.tif"))), "stack");
    expect([one?.data.at(6), one?.data.at(19), two?.data.at(0), two?.data.at(12)]).toEqual([1, 2, 1, 2]);
  });

  it("has no columns of nanometres where no pixel size is known, but those of an image whose header tells", async () => {
    const odd = `a, "1".png`; // a name that a table has in quotes
    await writePng(at("odd", odd), greys(second));
    await predict([at("images"), at("odd")], "--objects");
    expect(await readFile(at("out", "images.csv"), "utf8")).toBe(
      [
        "image,slice,width,height,objects,object_area_px,area_fraction",
        "a.png,1,5,5,2,7,0.28",
        "b.png,1,5,5,2,2,0.08",
        `"a, ""1"".png",1,5,5,2,2,0.08\n`,
      ].join("\n"),
    );
    expect(await readFile(at("out", "objects.csv"), "utf8")).toMatch(
      /^image,slice,object,area_px,x,y,left,top,width,height,perimeter_px,equivalent_diameter_px,mean_probability,touches_border\na\.png,1,1,6,2,1\.5,/,
    );
    await writeStack(at("stack.tif"), [second], { x: 4, y: 4, unit: "nm" });
    await predict([at("images"), at("stack.tif")], "--objects", "--fresh");
    expect((await table("images.csv")).map(({ image, pixel_width_nm }) => [image, pixel_width_nm])).toEqual([
      ["a.png", ""],
      ["b.png", ""],
      ["stack.tif", "4"],
    ]);
  });

  it("asks whether planes that tifffile marked as colours are slices, and reads them as it is told", async () => {
    const planes = [first, second, second].map((rows) => Uint8Array.from(greys(rows).flat()));
    await writeFile(at("three.tif"), planesByTifffile(5, 5, planes));
    const asked = await predict(at("three.tif"), "--objects");
    expect([asked.status, asked.stderr]).toEqual([
      1,
      expect.stringContaining("Say what they are: --planes slices or --planes colours."),
    ]);
    const { status } = await predict(at("three.tif"), "--objects", "--planes", "slices");
    expect(status).toBe(0);
    expect((await table("images.csv")).map(({ slice, object_area_px }) => [slice, object_area_px])).toEqual([
      ["1", "7"],
      ["2", "2"],
      ["3", "2"],
    ]);
    const other = await predict(at("three.tif"), "--objects", "--planes", "colours");
    expect(other.stderr).toContain("made with another --planes (slices there, colours here)");
  });

  it("holds what earlier calls measured, too, and goes with --fresh", async () => {
    await predict(at("images", "b.png"), "--objects");
    await predict(at("images"), "--objects");
    expect((await table("images.csv")).map(({ image }) => image)).toEqual(["a.png", "b.png"]);
    expect((await table("objects.csv")).map(({ image }) => image)).toEqual(["a.png", "a.png", "b.png", "b.png"]);
    const refused = await predict(at("images"));
    expect(refused.stderr).toContain("made with another --output (probability + objects there, probability here)");
    await predict(at("images", "b.png"), "--fresh");
    expect((await readdir(at("out"))).sort()).toEqual(["b.png", "predictions.json"]);
  });
});

describe("em-stellar predict --overlay", () => {
  it("outlines objects in amber on the image in grey, slice by slice", async () => {
    const whole = [".....", ".###.", ".###.", ".###.", "....."];
    await writeStack(at("ring.tif"), [whole, second], { x: 1, y: 1, unit: "nm" });
    expect((await predict(at("ring.tif"), "--overlay")).status).toBe(0);
    expect((await readdir(at("out"), { recursive: true })).sort()).toEqual([
      ...["overlay", "overlay/ring", "overlay/ring/slice-001.png", "overlay/ring/slice-002.png", "predictions.json"],
      ...["probability", "probability/ring", "probability/ring/slice-001.png", "probability/ring/slice-002.png"],
    ]);
    const drawn = await picture("overlay", "ring", "slice-001.png");
    expect(drawn).toMatchObject({ width: 5, height: 5, channels: 3, fullRange: 255 });
    const letters: Record<string, string> = { "0,0,0": ".", "255,255,255": "o", "255,176,0": "#" };
    const pixels = Array.from(
      { length: 25 },
      (_, i) => letters[String([...(drawn?.data.slice(3 * i, 3 * i + 3) ?? [])])],
    );
    expect(pixels.join("").match(/.{5}/g)).toEqual([".....", ".###.", ".#o#.", ".###.", "....."]);
  });

  it("has a scale bar where the size of pixels is known", async () => {
    const image = Array.from({ length: 120 }, () => Array.from({ length: 300 }, (_, x) => (x < 60 ? 255 : 20)));
    await writePng(at("wide.png"), image);
    const white = async (...more: string[]) => {
      await rm(at("out"), { recursive: true, force: true });
      await predict(at("wide.png"), "--overlay", ...more);
      const { data = [] } = (await picture("overlay", "wide.png")) ?? {};
      const rows = Array.from({ length: 120 }, (_, y) => {
        const row = Array.from({ length: 200 }, (_, x) => data[(y * 300 + 100 + x) * 3]);
        return row.filter((value) => value === 255).length;
      });
      return Math.max(...rows);
    };
    expect(await white("--pixel-size", "7nm")).toBe(71); // 500 nm: the largest of 1, 2, 5 … below a third of 2100 nm
    expect(await white()).toBe(0);
  });
});

describe("the size of pixels", () => {
  const told = async (images: string | readonly string[], ...more: string[]) => {
    const { stdout } = await predict(images, "--objects", ...more);
    return stdout.split("\n").filter((line) => /^(!|Pixel size)/.test(line));
  };

  it("is asked for where no file says it, or where it is the density of a print", async () => {
    const remedy = "Lengths are in pixels only, and overlays have no scale bar. Give it with --pixel-size 5nm.";
    await writeStack(at("print.tif"), [first], { x: 1 / 300, y: 1 / 300, unit: "inch" });
    expect(await told([at("print.tif"), at("images")])).toEqual([
      expect.stringMatching(
        /^! .*print\.tif says how densely to print it \(300 dots an inch\), not how large a pixel is\. Lengths/,
      ),
      expect.stringMatching(/^! .*a\.png and 1 other say no pixel size\. Lengths/),
    ]);
    expect((await told(at("images", "a.png"), "--fresh"))[0]).toContain(remedy);
    expect(await table("objects.csv")).toMatchObject([{ area_px: "6" }, {}]);
  });

  it("that is given goes before the file's, with a word where they differ", async () => {
    await writeStack(at("four.tif"), [first], { x: 4, y: 4, unit: "nm" });
    expect(await told(at("four.tif"), "--pixel-size", "8nm")).toEqual([
      "Pixel size: 8 nm, as given.",
      expect.stringMatching(/four\.tif says otherwise: its header has 4 × 4 nm\. What was given is used\.$/),
    ]);
    expect(await table("objects.csv")).toMatchObject([{ area_px: "6", area_nm2: "384" }, {}]);
  });

  it("is refused where it is no length", async () => {
    for (const wrong of ["5", "nm", "0nm", "5 apples", "-5nm"]) {
      const { status, stderr } = await predict(at("images"), "--objects", `--pixel-size=${wrong}`);
      expect([status, stderr]).toEqual([
        1,
        `error: --pixel-size is "${wrong}". Write the side of a pixel with its unit: 5nm or 0.005um.\n`,
      ]);
    }
    expect(existsSync(at("out"))).toBe(false);
    expect((await predict(at("images"), "--min-area", "9")).stderr).toContain(
      "--min-area has no effect on this output. Add --objects, --overlay or --output labels.",
    );
  });
});

it("finds the same objects whatever an image is cut into", async () => {
  const image = Array.from({ length: 90 }, (_, y) =>
    Array.from({ length: 70 }, (_, x) => (Math.sin(x / 5) * Math.cos(y / 7) > 0.3 ? 220 : 30)),
  );
  await writePng(at("large.png"), image);
  await predict(at("large.png"), "--objects");
  const whole = await readFile(at("out", "objects.csv"), "utf8");
  expect(whole.split("\n").length).toBeGreaterThan(10);
  await rm(at("out"), { recursive: true });
  await predict(at("large.png"), "--objects", "--tile", "32");
  expect(await readFile(at("out", "objects.csv"), "utf8")).toBe(whole);
});
