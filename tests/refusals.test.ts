import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../packages/em-stellar/src/cli.js";

// What a person sees who hands the command something that cannot be used: status 1, words that say what to do, no training.

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-refused-"));
  for (const part of ["images", "masks", "test-images", "test-masks"]) mkdirSync(join(folder, part));
  for (const name of ["A1", "A2", "B1", "B2"]) {
    put(
      `images/${name}.png`,
      grey(32, 32, (i) => (i * 37) % 251),
    );
    put(`masks/${name}.png`, grey(32, 32, squareMask));
  }
  put(
    "test-images/C1.png",
    grey(32, 32, (i) => (i * 41) % 241),
  );
  put("test-masks/C1.png", grey(32, 32, squareMask));
});
afterEach(() => rmSync(folder, { recursive: true }));

const suite = {
  name: "refused",
  data: {
    id: "image-folder",
    options: {
      images: "images",
      masks: "masks",
      testImages: "test-images",
      testMasks: "test-masks",
      groupBy: "^[A-Z]",
    },
  },
  networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 2 } }],
  loss: "binary-cross-entropy",
  optimizer: "radam",
  metrics: ["jaccard"],
  folds: 2,
  training: { patch: 16, batchSize: 1, steps: 2, validateEvery: 1 },
};

function put(path: string, content: Uint8Array): void {
  writeFileSync(join(folder, path), content);
}
function grey(width: number, height: number, value: (index: number) => number): Uint8Array {
  return encode({ width, height, channels: 1, data: Uint8Array.from({ length: width * height }, (_, i) => value(i)) });
}
function squareMask(index: number): number {
  const [x, y] = [index % 32, Math.floor(index / 32)];
  return x > 8 && x < 20 && y > 8 && y < 20 ? 255 : 0;
}
/** A TIFF of one strip of 32-bit floats, little-endian. */
function floatTiff(width: number, height: number, values: Float32Array): Uint8Array {
  const tags = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, values.byteLength],
    [339, 3, 3],
  ] as const;
  const directory = 8 + values.byteLength;
  const bytes = new Uint8Array(directory + 2 + tags.length * 12 + 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directory, true);
  bytes.set(new Uint8Array(values.buffer), 8);
  view.setUint16(directory, tags.length, true);
  for (const [i, [tag, type, value]] of tags.entries()) {
    const at = directory + 2 + i * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  }
  return bytes;
}

/** Runs the suite with some fields changed; what went to standard error. */
async function refusalOf(change: object = {}, out = "run"): Promise<string> {
  put("suite.json", new TextEncoder().encode(JSON.stringify({ ...suite, ...change })));
  const said: string[] = [];
  const stdout = { write: () => true, isTTY: false, columns: 80 };
  const stderr = { write: (text: string) => said.push(text) > 0 };
  const args = ["run", join(folder, "suite.json"), "--out", join(folder, out), "--workers", "1"];
  expect(await main(args, { stdout, stderr, env: {} })).toBe(1);
  expect(existsSync(join(folder, out, "jobs")), "no training was begun").toBe(false);
  const errors = said.join("");
  expect(errors).not.toMatch(/\n +at /); // no stack
  return errors;
}

describe("images and masks", () => {
  it("no masks", async () => {
    rmSync(join(folder, "masks"), { recursive: true });
    mkdirSync(join(folder, "masks"));
    expect(await refusalOf()).toMatch(/masks/);
  });
  it("an image without a mask, by name", async () => {
    rmSync(join(folder, "masks", "B2.png"));
    expect(await refusalOf()).toMatch(/B2/);
  });
  it("an image and its mask that differ in size, with both sizes", async () => {
    put(
      "masks/B1.png",
      grey(16, 32, () => 255),
    );
    expect(await refusalOf()).toMatch(/B1[\s\S]*32 × 32[\s\S]*16 × 32/);
  });
  it("masks with one class only", async () => {
    for (const name of ["A1", "A2", "B1", "B2"])
      put(
        `masks/${name}.png`,
        grey(32, 32, () => 0),
      );
    expect(await refusalOf()).toMatch(/background only/);
  });
  it("a truncated PNG", async () => {
    const whole = grey(32, 32, (i) => (i * 37) % 251);
    put("images/A2.png", whole.slice(0, whole.length - 40));
    expect(await refusalOf()).toMatch(/A2\.png/);
  });
  it("a PNG with a changed byte", async () => {
    const damaged = grey(32, 32, (i) => (i * 37) % 251);
    damaged[60] = (damaged[60] as number) ^ 0xff;
    put("images/A2.png", damaged);
    expect(await refusalOf()).toMatch(/A2\.png/);
  });
  it("a truncated TIFF", async () => {
    rmSync(join(folder, "images", "A2.png"));
    put("images/A2.tif", floatTiff(32, 32, new Float32Array(1024).fill(0.5)).slice(0, 3000));
    expect(await refusalOf()).toMatch(/A2\.tif/);
  });
  it("NaN in a float image", async () => {
    rmSync(join(folder, "images", "A2.png"));
    put("images/A2.tif", floatTiff(32, 32, new Float32Array(1024).fill(Number.NaN, 100, 101)));
    expect(await refusalOf()).toMatch(/A2\.tif[\s\S]*NaN/);
  });
  it("an RGBA image that is not opaque", async () => {
    const data = new Uint8Array(32 * 32 * 4).fill(128);
    put("images/A2.png", encode({ width: 32, height: 32, channels: 4, data }));
    expect(await refusalOf()).toMatch(/A2\.png[\s\S]*(opaque|transparen)/i);
  });
});

describe("the suite", () => {
  it("a patch side that is not a multiple of the stride, with the nearest", async () => {
    const message = await refusalOf({ training: { ...suite.training, patch: 18 } });
    expect(message).toContain("multiples of 4. Nearest: 16 or 20.");
  });
  it("an unknown id and an unknown option, each with its place and a suggestion", async () => {
    const networks = ["unet-bm", { id: "unet-bn", options: { dept: 2 } }];
    const message = await refusalOf({ networks });
    expect(message).toContain('networks[0]: No network named "unet-bm". Did you mean "unet-bn"?');
    expect(message).toContain('networks[1]: network "unet-bn" has no option "dept". Did you mean "depth"?');
  });
  it("more folds than groups", async () => {
    expect(await refusalOf({ folds: 3 })).toMatch(/3 folds[\s\S]*2 groups/);
  });
  it("an output folder that cannot be written", async () => {
    put("file", new Uint8Array());
    expect(await refusalOf({}, "file/run")).toMatch(/cannot be written[\s\S]*Choose another output folder/);
  });
});
