import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng } from "@em-stellar/data";
import { imageFolder } from "@em-stellar/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-held-"));
  for (const name of ["images", "masks", "large", "large-masks"]) await mkdir(join(folder, name));
  for (const animal of ["a", "b", "c", "d", "e"]) {
    for (const slice of [1, 2]) {
      await write(`images/${animal}${slice}.png`, 2, () => 7);
      await write(`masks/${animal}${slice}.png`, 2, (x) => (x === 0 ? 255 : 0));
    }
  }
  await write("large/one.png", 33, (x, y) => 100 * (x >= 16 ? 1 : 0) + y);
  await write("large-masks/one.png", 33, (x) => (x >= 16 ? 255 : 0));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(file: string, side: number, value: (x: number, y: number) => number): Promise<void> {
  const data = Uint8Array.from({ length: side ** 2 }, (_, i) => value(i % side, Math.floor(i / side)));
  await writeFile(join(folder, file), encodePng({ width: side, height: side, data }));
}
const open = (options: Parameters<typeof imageFolder>[0]) => imageFolder(options).open({ folder });
const ids = (samples: readonly { readonly id: string }[]) => samples.map(({ id }) => id);

describe("testShare", () => {
  it("holds out that share of the images, the same ones for the same seed", async () => {
    const { train, test } = await open({ testShare: 0.3 });
    expect([train.length, test.length]).toEqual([7, 3]);
    expect(new Set([...ids(train), ...ids(test)]).size).toBe(10);
    expect(ids((await open({ testShare: 0.3 })).test)).toEqual(ids(test));
    const others = await Promise.all(
      [2, 3, 4].map(async (testSeed) => ids((await open({ testShare: 0.3, testSeed })).test)),
    );
    expect(others.some((other) => other.join() !== ids(test).join())).toBe(true);
  });

  it("never divides a group, and rounds up to whole ones", async () => {
    const { train, test } = await open({ testShare: 0.3, groupBy: "^[a-e]" });
    const groups = (samples: typeof train) => [...new Set(samples.map(({ group }) => group))];
    expect([train.length, test.length]).toEqual([6, 4]);
    expect(groups(train).filter((group) => groups(test).includes(group))).toEqual([]);
  });

  it("is refused beside other test images, beyond a share, and where too little is left", async () => {
    expect(() => imageFolder({ testShare: 1 })).toThrow(/a share between 0 and 1 for "testShare", but was given 1\./);
    expect(() => imageFolder({ testShare: 0.2, groupBy: "^.", testGroups: ["a"] })).toThrow(/leave one of them out/);
    await expect(open({ testShare: 0.9, groupBy: "^[a-e]" })).rejects.toThrow(
      "testShare 0.9 of 5 groups leaves 0 to learn from",
    );
  });
});

describe("tiles", () => {
  const large = { images: "large", masks: "large-masks", tiles: 2 };

  it("cut an image and its mask into parts that cover it once, grouped by column", async () => {
    const { train } = await open(large);
    expect(train.map(({ id, group }) => [id, group])).toEqual([
      ["one-row-1-column-1", "one-column-1"],
      ["one-row-1-column-2", "one-column-2"],
      ["one-row-2-column-1", "one-column-1"],
      ["one-row-2-column-2", "one-column-2"],
    ]);
    const images = await Promise.all(train.map((sample) => sample.image()));
    expect(images.map(({ width, height }) => [width, height])).toEqual([
      [16, 16],
      [17, 16],
      [16, 17],
      [17, 17],
    ]);
    // The first and last pixel of each part: 100 for the right half, and the row.
    expect(images.map(({ data }) => [data[0], data.at(-1)])).toEqual([
      [0, 15],
      [100, 115],
      [16, 32],
      [116, 132],
    ]);
    const masks = await Promise.all(train.map((sample) => sample.mask?.()));
    expect(masks.map((mask) => new Set(mask?.data))).toEqual([
      new Set([0]),
      new Set([255]),
      new Set([0]),
      new Set([255]),
    ]);
  });

  it("are refused where they would be too small", async () => {
    await expect(open({ ...large, tiles: 3 })).rejects.toThrow('"one" has 33 × 33 pixels: too few');
    expect(() => imageFolder({ tiles: 1 })).toThrow(/For 4 × 4 tiles: 4/);
  });
});
