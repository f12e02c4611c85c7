import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BadOptionError, InputError } from "@em-stellar/core";
import { encodePng, naturalOrder, pairByName } from "@em-stellar/data";
import { imageFolder, imageStack } from "@em-stellar/data/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-data-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes PNG files of 2 × 1 pixels; a longer list is a wider image. */
async function write(files: Readonly<Record<string, readonly number[]>>): Promise<void> {
  for (const [path, values] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), encodePng({ width: values.length, height: 1, data: Uint8Array.from(values) }));
  }
}
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const open = (options: Parameters<typeof imageFolder>[0] = {}) => imageFolder(options).open({ folder });

describe("imageFolder", () => {
  it("pairs by name, in the order people count, and reads pixels when asked", async () => {
    await write({
      "images/s10.png": [10, 11],
      "images/s9.png": [9, 8],
      "masks/s9.png": [0, 255],
      "masks/s10.png": [255, 0],
    });
    const { train, test } = await open();
    expect(train.map(({ id, z }) => [id, z])).toEqual([
      ["s9", 9],
      ["s10", 10],
    ]);
    expect(test).toEqual([]);
    expect(await train[0]?.image()).toEqual({ width: 2, height: 1, channels: 1, data: Uint8Array.of(9, 8) });
    expect(await train[1]?.mask?.()).toEqual({ width: 2, height: 1, data: Uint8Array.of(255, 0), maximum: 255 });
  });

  it("takes patterns, groups by a part of the name, and holds out test folders or test groups", async () => {
    for (const letter of ["A", "B", "C"]) {
      await write({
        [`raw/${letter}1.png`]: [1, 2],
        [`raw/${letter}2.png`]: [3, 4],
        [`labels/${letter}1.png`]: [0, 1],
        [`labels/${letter}2.png`]: [0, 1],
      });
    }
    await write({ "raw/notes.png": [0, 0] });
    const [images, masks] = ["raw/?[0-9]*.png", "labels"];
    await expect(open({ images, masks })).rejects.toThrow(/finds nothing/); // brackets are letters like any other
    const { train } = await open({ images: "raw/??.png", masks, groupBy: "^[A-C]" });
    expect(train.map(({ group }) => group).join("")).toBe("AABBCC");
    const held = await open({ images: "raw/??.png", masks, groupBy: "^([A-C])\\d", testGroups: ["B"] });
    expect(held.train.map(({ id }) => id)).toEqual(["A1", "A2", "C1", "C2"]);
    expect(held.test.map(({ id }) => id)).toEqual(["B1", "B2"]);
    const both = await open({
      images: "raw/A*",
      masks: "labels/A*",
      testImages: "raw/A1.png",
      testMasks: "labels/A1.png",
    });
    expect(both.test.map(({ id }) => id)).toEqual(["test-A1"]);
    await expect(open({ images: "raw/??.png", masks, groupBy: "^.", testGroups: ["D"] })).rejects.toThrow(
      /"D".*Groups: A, B, C/,
    );
    await expect(open({ images: "raw/??.png", masks, groupBy: "^Z" })).rejects.toThrow(
      /matches nothing in the name "A1"/,
    );
  });

  it("finds files in folders of any depth, and names them by what the pattern left open", async () => {
    await write({
      "a/x/images/1.png": [1, 2],
      "b/images/1.png": [3, 4],
      "a/x/masks/1.png": [0, 1],
      "b/masks/1.png": [1, 0],
      "b/images/._1.png": [0, 0],
    });
    const { train } = await open({ images: "**/images/*.png", masks: "**/masks/*", groupBy: "^[^/]+" });
    expect(train.map(({ id, group }) => [id, group])).toEqual([
      ["a-x-1", "a"],
      ["b-1", "b"],
    ]);
  });

  it("pairs by a part of the name where it is told to", async () => {
    await write({ "images/raw.007.png": [1, 2], "masks/mito_3D.007.png": [0, 1] });
    await expect(open()).rejects.toThrow(
      /without a mask: images\/raw\.007\.png\n.*without an image: masks\/mito_3D\.007\.png\n.*This pairs them: "pairBy": "\\\\d\+\$"\.$/s,
    );
    await expect(open({ pairBy: "([A-Z])$" })).rejects.toThrow(
      /pairBy "\(\[A-Z\]\)\$" matches nothing in the name "raw\.007" .* This pairs them: "pairBy": "\\\\d\+\$"\.$/,
    );
    const { train } = await open({ pairBy: "\\d+$" });
    expect(train.map(({ id, z }) => [id, z])).toEqual([["raw.007", 7]]);
  });

  it("offers only an expression that pairs them", async () => {
    await write({
      "images/cell_a.png": [1, 2],
      "masks/a3.png": [0, 1],
      "images/cell_b.png": [1, 2],
      "masks/4b.png": [0, 1],
    });
    const message = await open().then(String, String);
    expect(message).toMatch(/without a mask: .*cell_a\.png/);
    expect(message).not.toContain("pairBy");
  });

  it("reads label values as it is told", async () => {
    await write({ "images/1.png": [1, 2, 3], "masks/1.png": [0, 1, 2] });
    const ambiguous = (await open()).train[0];
    await expect(ambiguous?.mask?.()).rejects.toThrow(/values 0, 1, 2/);
    const label = (await open({ objectLabels: [2] })).train[0];
    expect((await label?.mask?.())?.data).toEqual(Uint8Array.of(0, 0, 1));
    const index = (await open({ maskRule: "index" })).train[0];
    expect((await index?.mask?.())?.data).toEqual(Uint8Array.of(0, 1, 1));
  });

  it("refuses what cannot be used before any pixel is needed", async () => {
    await write({ "images/1.png": [1, 2], "images/2.png": [1, 2, 3], "masks/1.png": [0, 1], "masks/2.png": [0, 1] });
    const expectRefusal = async (options: Parameters<typeof imageFolder>[0], message: RegExp) => {
      await expect(open(options)).rejects.toThrow(InputError);
      await expect(open(options)).rejects.toThrow(message);
    };
    await expectRefusal({}, /images\/2\.png and masks\/2\.png differ in size: 3 × 1 and 2 × 1/);
    await expectRefusal(
      { masks: "truth" },
      /masks: "truth" finds nothing: there is no .*truth.*train\/images\/\*\.tif/,
    );
    await expectRefusal({ masks: "images/*.tif" }, /no PNG or TIFF file in .*images matches/);
    await writeFile(join(folder, "images/2.png"), "not an image at all");
    await expectRefusal({}, /images\/2\.png is a file that begins with 6e 6f 74 20, neither PNG nor TIFF/);
    await copyFile(fixture("stack.tif"), join(folder, "images/2.tif"));
    await rm(join(folder, "images/2.png"));
    await expectRefusal({}, /images\/2\.tif holds 3 pages.*"image-stack"/);
    await write({ "images/2.png": [1, 2] });
    await expectRefusal(
      {},
      /Two images go by the name "2": images\/2\.png and images\/2\.tif|images\/2\.tif and images\/2\.png/,
    );
  });

  it("holds out numbers for test and validation with a gap, and groups by ranges of numbers", async () => {
    for (let i = 1; i <= 12; i++) await write({ [`images/s${i}.png`]: [1, 2], [`masks/s${i}.png`]: [0, 1] });
    const { train, test, gap } = await open({ testRange: [10, 12], validationRange: [4, 5], gap: 1 });
    expect(test.map(({ z }) => z)).toEqual([10, 11, 12]);
    expect(train.map(({ z, validation = false, stack }) => [z, validation, stack])).toEqual([
      ...[1, 2, 7, 8].map((z) => [z, false, "s#"]),
      ...[4, 5].map((z) => [z, true, "s#"]),
    ]);
    expect(gap).toBe(1);
    const groups = await open({
      groupRanges: [
        [1, 6],
        [7, 12],
      ],
      testGroups: ["7-12"],
    });
    expect(groups.train.map(({ group }) => group)).toEqual(Array(6).fill("1-6"));
    await expect(open({ groupRanges: [[1, 6]] })).rejects.toThrow(/No range of groupRanges holds the number of "s7"/);
    await expect(open({ testRange: [1, 12] })).rejects.toThrow(/leave no image of images to learn from/);
    await write({ "images/plain.png": [1, 2], "masks/plain.png": [0, 1] });
    await expect(open({ testRange: [1, 2] })).rejects.toThrow(/last number in a file's name, but "plain" has none/);
  });

  it("takes a folder for validation, and what was settled for masks instead of reading all", async () => {
    await write({
      "images/1.png": [1, 2],
      "masks/1.png": [0, 1],
      "images/2.png": [1, 2],
      "masks/2.png": [0, 255],
      "vi/1.png": [1, 2],
      "vm/1.png": [0, 9],
    });
    const options = { validationImages: "vi", validationMasks: "vm", maskRule: "index" } as const;
    const dataset = await open(options);
    expect(dataset.train.map(({ id, validation = false }) => [id, validation])).toEqual([
      ["1", false],
      ["2", false],
      ["validation-1", true],
    ]);
    const settled: unknown = JSON.parse(JSON.stringify(await dataset.settled?.()));
    await rm(join(folder, "masks/1.png"));
    await write({ "masks/1.png": [7, 7, 7] }); // another process reads only what it is asked for
    const again = await imageFolder(options).open({ folder, settled });
    expect((await again.train[1]?.mask?.())?.data).toEqual(Uint8Array.of(0, 1));
    expect(await again.warnings?.()).toEqual([]);
    expect(() => imageFolder({ validationImages: "vi" })).toThrow(/validationImages without validationMasks/);
  });

  it("refuses options that contradict each other", () => {
    expect(() => imageFolder({ testImages: "t" })).toThrow(BadOptionError);
    expect(() => imageFolder({ testImages: "t" })).toThrow(/testImages without testMasks/);
    expect(() => imageFolder({ groupBy: "[A-" })).toThrow(/needs a regular expression for "groupBy"/);
    expect(() => imageFolder({ testGroups: ["A"] })).toThrow(/no groupBy/);
    expect(() => imageFolder({ maskRule: "index", objectLabels: [1] })).toThrow(/Leave one out/);
    // @ts-expect-error: a misspelt rule does not compile either
    expect(() => imageFolder({ maskRule: "indices" })).toThrow(/"auto", "binary" or "index"/);
  });
});

describe("imageStack", () => {
  beforeEach(() => copyFile(fixture("stack.tif"), join(folder, "images.tif")));

  it("takes slices page by page, in blocks of neighbours, with a range held out", async () => {
    await copyFile(fixture("stack.tif"), join(folder, "masks.tif"));
    const options = { testRange: [2, 2], blocks: 2, objectLabels: [0] } as const;
    const { train, test } = await imageStack(options).open({ folder });
    expect(train.map(({ id, z, group }) => [id, z, group])).toEqual([
      ["slice-001", 1, "block-1"],
      ["slice-003", 3, "block-2"],
    ]);
    expect(test.map(({ id, group }) => [id, group])).toEqual([["slice-002", "test"]]);
    // The pages are 7y + 3x, 255 less that, and a third of it, modulo 256.
    expect((await train[0]?.image())?.data.slice(0, 3)).toEqual(Uint8Array.of(0, 3, 6));
    expect((await test[0]?.image())?.data.slice(0, 3)).toEqual(Uint8Array.of(255, 252, 249));
    expect((await train[1]?.mask?.())?.data.slice(0, 3)).toEqual(Uint8Array.of(1, 0, 0));
    const alone = await imageStack({ blocks: null, objectLabels: [0] }).open({ folder });
    expect(alone.train.map(({ group }) => group)).toEqual([undefined, undefined, undefined]);
  });

  it("refuses stacks that do not match, and ranges that do not fit", async () => {
    await copyFile(fixture("g8-strips.tif"), join(folder, "masks.tif"));
    await expect(imageStack().open({ folder })).rejects.toThrow(/images\.tif has 3 slices and masks\.tif has 1/);
    await copyFile(fixture("stack.tif"), join(folder, "masks.tif"));
    await expect(imageStack({ testRange: [3, 4] }).open({ folder })).rejects.toThrow(
      /ends at slice 4, but images\.tif has 3/,
    );
    await expect(imageStack({ testRange: [1, 3] }).open({ folder })).rejects.toThrow(/leaves no slice/);
    await expect(imageStack({ images: "no.tif" }).open({ folder })).rejects.toThrow(/no\.tif cannot be read/);
    expect(() => imageStack({ testRange: [3, 1] })).toThrow(/counted from 1\. For slices 16 to 20: \[16, 20\]/);
    await expect(imageStack({ testRange: [0, 1] }).open({ folder })).rejects.toThrow(/begins at slice 0.*from 1/);
    await expect(imageStack({ testRange: [2, 2], gap: 1 }).open({ folder })).rejects.toThrow(
      /testRange \[2,2\] with a gap of 1 leaves no slice/,
    );
    expect(() => imageStack({ blocks: 0 })).toThrow(/at least 1/);
  });
});

describe("expressions and patterns that would try for ever", () => {
  const long = "a".repeat(60);
  it("end after a second", async () => {
    await write({ [`images/${long}!.png`]: [1, 2], [`masks/${long}!.png`]: [0, 255] });
    await expect(open({ groupBy: "(a+)+$" })).rejects.toThrow(/\(a\+\)\+\$" takes too long on the name "a+!"/);
    await expect(open({ pairBy: "(a|a)*b" })).rejects.toThrow(/takes too long/);
    await expect(open({ images: `images/${"*a".repeat(20)}*b` })).rejects.toThrow(/takes too long.* fewer stars/);
  });

  it("stars side by side are one", async () => {
    await write({ [`images/${long}.png`]: [1, 2], [`masks/${long}.png`]: [0, 255] });
    expect((await open({ images: `images/a${"*".repeat(30)}g`, masks: "masks/*" })).train).toHaveLength(1);
  });
});

describe("names", () => {
  it("sort in the order people count", () => {
    expect(["a10", "a2", "B1", "a1", "a02"].sort(naturalOrder)).toEqual(["a1", "a02", "a2", "a10", "B1"]);
  });

  it("list at most ten files without a partner", () => {
    const files = Array.from({ length: 13 }, (_, i) => ({ path: `i/${i}.png`, name: `${i}` }));
    expect(() => pairByName(files, [{ path: "m/x.png", name: "x" }], null)).toThrow(/i\/9\.png and 3 more\n/);
  });
});
