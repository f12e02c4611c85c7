import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "@em-stellar/core";
import { decodeImage } from "@em-stellar/data";
import { createImageReader, findPages, findWholePages, openImageSet, readPage } from "@em-stellar/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-pages-"));
});
afterAll(() => rm(folder, { recursive: true }));

const readable = (await readdir(fixtures)).filter(
  (name) => /\.(tif|png)$/.test(name) && !/clear|rgb-planes/.test(name),
);

describe("a page read on its own", () => {
  it.each(readable)("of %s holds the pixels that reading the whole file gives", async (name) => {
    const whole = await decodeImage(new Uint8Array(await readFile(join(fixtures, name))), name);
    const pages = await findPages(join(fixtures, name), name);
    expect(pages.map(({ width, height }) => [width, height])).toEqual(
      whole.map(({ width, height }) => [width, height]),
    );
    // From the last page to the first: none depends on another.
    for (const [i, page] of [...pages.entries()].reverse()) {
      expect(await readPage(page), page.name).toEqual(whole[i]);
    }
  });

  it("is a plane of what tifffile marked as colours, where it is said that they are slices", async () => {
    const file = join(fixtures, "rgb-planes.tif");
    await expect(findPages(file)).rejects.toThrow("3 planes marked as red, green and blue");
    const places = await createImageReader(undefined, "slices").findPages(file);
    expect(places.map(({ planes }) => planes)).toEqual(["slices", "slices", "slices"]);
    const red = Array.from({ length: 35 * 21 }, (_, i) => (7 * Math.floor(i / 35) + 3 * (i % 35)) % 256);
    // What is read elsewhere, by a reader that was told nothing, is read alike: a place says how.
    for (const [i, place] of places.entries()) {
      const expected = red.map((value) => [value, Math.floor(value / 2), 255 - value][i]);
      expect([...(await readPage(place)).data]).toEqual(expected);
    }
  });

  it("is found in a BigTIFF, whose offsets have 64 bits", async () => {
    const [page] = await findPages(join(fixtures, "big-tiff.tif"));
    const image = page && (await readPage(page));
    const expected = Array.from({ length: 35 * 21 }, (_, i) => (7 * Math.floor(i / 35) + 3 * (i % 35)) % 256);
    expect([...(image?.data ?? [])]).toEqual(expected);
  });

  it("is named in messages", async () => {
    const names = (await findPages(join(fixtures, "stack.tif"), "stack.tif")).map(({ name }) => name);
    expect(names).toEqual(["stack.tif (page 1)", "stack.tif (page 2)", "stack.tif (page 3)"]);
    const [page] = await findPages(join(fixtures, "rgba-clear.tif"), "mine/a.tif");
    await expect(page && readPage(page)).rejects.toThrow(/^mine\/a\.tif is transparent/);
  });
});

describe("a file that cannot be read is refused by name", () => {
  it("before anything is done with it, where it promises more than can be decoded", async () => {
    const png = await readFile(join(fixtures, "g8.png"));
    const side = 2 ** 31 - 1;
    png.writeUInt32BE(side, 16);
    png.writeUInt32BE(side, 20);
    await writeFile(join(folder, "huge.png"), png);
    const problem = `huge.png should have ${side} × ${side} pixels, but at most 2147483648 values can be read.`;
    await expect(findWholePages(createImageReader(), join(folder, "huge.png"))).rejects.toThrow(problem);
    await expect(openImageSet(folder, "`truth`")).rejects.toThrow(problem);
    await rm(join(folder, "huge.png"));
  });

  const broken = async (name: string, from: string, change: (bytes: Buffer) => Buffer) => {
    await writeFile(join(folder, name), change(await readFile(join(fixtures, from))));
    const pages = await findPages(join(folder, name), name);
    for (const page of pages) await readPage(page);
  };

  it.each([
    ["empty.png", "g8.png", (bytes: Buffer) => bytes.subarray(0, 0), /^empty\.png is empty, neither PNG nor TIFF/],
    [
      "cut.png",
      "g8.png",
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 40),
      /^cut\.png is a corrupt or truncated PNG/,
    ],
    ["cut.tif", "stack.tif", (bytes: Buffer) => bytes.subarray(0, 900), /^cut\.tif is a corrupt or truncated TIFF/],
    ["stub.tif", "stack.tif", (bytes: Buffer) => bytes.subarray(0, 6), /^stub\.tif is a corrupt or truncated TIFF/],
    ["photo.png", "photo.jpg", (bytes: Buffer) => bytes, /^photo\.png is a JPEG image/],
  ])("%s", async (name, from, change, message) => {
    await expect(broken(name, from, change)).rejects.toThrow(InputError);
    await expect(broken(name, from, change)).rejects.toThrow(message);
  });

  it("directories that follow each other in a circle", async () => {
    const circle = (bytes: Buffer) => {
      const directory = bytes.readUInt32LE(4);
      bytes.writeUInt32LE(directory, directory + 2 + 12 * bytes.readUInt16LE(directory));
      return bytes;
    };
    await expect(broken("circle.tif", "stack.tif", circle)).rejects.toThrow(
      /its pages refer to each other in a circle/,
    );
  });

  it("a missing file, and a folder in its place", async () => {
    await expect(findPages(join(folder, "none.png"), "none.png")).rejects.toThrow(/^none\.png cannot be read \(ENOENT/);
    await expect(findPages(folder, "a folder")).rejects.toThrow(/^a folder is not a regular file/);
  });

  it("a file that shrank after it was found", async () => {
    const file = join(folder, "changed.png");
    await writeFile(file, await readFile(join(fixtures, "g8.png")));
    const [page] = await findPages(file, "changed.png");
    await writeFile(file, await readFile(join(fixtures, "photo.jpg")));
    await expect(page && readPage(page)).rejects.toThrow(/changed\.png is a JPEG/);
  });
});
