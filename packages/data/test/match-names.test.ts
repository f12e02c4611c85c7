import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { contradictions, encodePng, matchNames, pairByName } from "@em-stellar/data";
import { imageFolder, lookIntoFolder } from "@em-stellar/data/node";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

describe("matchNames", () => {
  it.each([
    ["the whole name", ["a1", "a2"], ["a2", "a1"], "name", [1, 0]],
    [
      "NFC and NFD, which look alike",
      ["Zürich".normalize("NFC"), "Bern"],
      ["Bern", "Zürich".normalize("NFD")],
      "name",
      [1, 0],
    ],
    ["_mask", ["a1", "a2"], ["a1_mask", "a2_mask"], "ending", [0, 1]],
    ["_masks, as cellpose writes", ["a1", "a2"], ["a1_masks", "a2_cp_masks"], "ending", [0, 1]],
    ["-labels", ["a1", "a2"], ["a2-labels", "a1-labels"], "ending", [1, 0]],
    ["_label beside _image", ["a1_image", "a2_image"], ["a1_label", "a2_label"], "ending", [0, 1]],
    ["mask_ before the name", ["a1", "a2"], ["mask_a1", "mask_a2"], "ending", [0, 1]],
    ["nnU-Net's channel", ["case_01_0000", "case_02_0000"], ["case_01", "case_02"], "ending", [0, 1]],
    ["ilastik's endings", ["a1", "a2"], ["a1_Simple Segmentation", "a2_Simple Segmentation"], "ending", [0, 1]],
    ["folders that the pattern left open", ["A/1", "B/1"], ["B/1_mask", "A/1_mask"], "ending", [1, 0]],
    [
      "the same words in another order",
      ["left_1", "left_2", "right_1"],
      ["1_left", "1_right", "2_left"],
      "words",
      [0, 2, 1],
    ],
    ["words that only one other has", ["a1", "a10"], ["a10_unet", "a1_unet"], "part", [1, 0]],
  ] as const)("pairs by %s", (_, first, second, by, partners) => {
    expect(matchNames(first, second)).toEqual({ by, partners, left: [] });
  });

  it("leaves out what has no partner, or two", () => {
    expect(matchNames(["a1", "a2"], ["a1", "b7"])).toMatchObject({ partners: [0, undefined], left: [1] });
    expect(matchNames(["a1"], ["a1_mask", "a1_label"]).left.length).toBeGreaterThan(0);
    expect(matchNames(["x", "y"], ["1", "2"]).partners).toEqual([undefined, undefined]);
  });

  it("finds every partner whatever the order of names, with or without an ending", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}[0-9]{1,3}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        names,
        fc.constantFrom("", "_mask", "-labels", "_seg", "_gt"),
        fc.infiniteStream(fc.nat()),
        (first, ending, order) => {
          const second = first
            .map((name) => ({ name: name + ending, key: order.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ name }) => name);
          expect(matchNames(first, second).partners.map((place) => second[place as number])).toEqual(
            first.map((name) => name + ending),
          );
        },
      ),
    );
  });

  it("knows names whose numbers contradict, whatever number all names have", () => {
    expect(contradictions(["img_1", "img_3"], ["res_01", "res_04"])).toEqual([1]);
    expect(contradictions(["exp2_1", "exp2_3"], ["res_01", "res_03"])).toEqual([]);
    expect(contradictions(["a", "b"], ["p1", "p2"])).toEqual([]);
    expect(contradictions(["img_3"], ["res_7"])).toEqual([]);
  });
});

describe("image-folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "em-stellar-names-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const write = async (...paths: string[]) => {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), encodePng({ width: 2, height: 1, data: Uint8Array.of(0, 255) }));
    }
  };
  const ids = async (options: Parameters<typeof imageFolder>[0] = {}) =>
    (await imageFolder(options).open({ folder })).train.map(({ id }) => id);

  it("takes images and masks from one folder, as cellpose has them", async () => {
    await write("train/a1.png", "train/a1_masks.png", "train/a2.png", "train/a2_masks.png", "train/a2_flows.png");
    expect(await ids({ images: "train", masks: "train" })).toEqual(["a1", "a2"]);
    await rm(join(folder, "train/a2_flows.png"));
    expect(await ids({ images: "train", masks: "train/*_masks.png" })).toEqual(["a1", "a2"]);
  });

  it("passes over what a storage system or macOS leaves", async () => {
    await write(
      "images/1.png",
      "masks/1.png",
      "images/@eaDir/1.png/THUMB.png",
      "images/__MACOSX/._1.png",
      "images/._1.png",
    );
    expect(await ids({ images: "images/**/*.png" })).toEqual(["1"]);
    expect(await ids()).toEqual(["1"]);
  });

  it("follows links to folders under **, but not in circles", async () => {
    await write("disk/B/images/1.png", "disk/B/masks/1.png", "data/A/images/1.png", "data/A/masks/1.png");
    await symlink(join(folder, "disk/B"), join(folder, "data/B"));
    await symlink(join(folder, "data"), join(folder, "data/A/back"));
    expect(await ids({ images: "data/**/images/*.png", masks: "data/**/masks/*.png" })).toEqual(["A-1", "B-1"]);
  });

  it("reads a folder once that links lead to, too, under its own name", async () => {
    await write("animals/z/images/1.png", "animals/z/masks/1.png");
    await symlink(join(folder, "animals/z"), join(folder, "animals/a"));
    for (const pattern of ["animals/**", "animals/*"]) {
      expect(await ids({ images: `${pattern}/images/*.png`, masks: `${pattern}/masks/*.png` })).toEqual(["z-1"]);
    }
    const { files } = await lookIntoFolder(join(folder, "animals"));
    expect(files.map(({ path }) => path).sort()).toEqual(["z/images/1.png", "z/masks/1.png"]);
  });

  it("says which images are missing, and which pairBy would pair all", () => {
    const named = (...names: string[]) => names.map((name) => ({ path: `${name}.png`, name }));
    expect(() => pairByName(named("raw.1", "raw.2"), named("mito_2", "mito_1"), null)).toThrow(
      /without a mask: raw\.1\.png, raw\.2\.png[\s\S]*would pair raw\.1\.png with mito_1\.png, raw\.2\.png with mito_2\.png\. This pairs them: "pairBy": "\\\\d\+\$"/,
    );
    expect(() => pairByName(named("a1", "a2", "a3"), named("a1_mask", "a3_mask"), null)).toThrow(
      /without a mask: a2\.png\n/,
    );
  });

  it.each([
    ["zeros before numbers", ["img_001", "img_010"], ["mito-10", "mito-1"]],
    ["numbers amid words", ["s1_em", "s2_em"], ["seg1 of mito", "seg2 of mito"]],
    ["words before a mark", ["left_raw data", "right_raw data"], ["right_by hand", "left_by hand"]],
    ["two numbers", ["a 1-2 x", "a 2-1 x"], ["b 2-1", "b 1-2"]],
  ])("suggests a pairBy that does pair: %s", (_, images, masks) => {
    const named = (names: string[]) => names.map((name) => ({ path: `${name}.png`, name }));
    const said = [null, "^Z"].map((pairBy) => {
      try {
        pairByName(named(images), named(masks), pairBy);
      } catch (error) {
        return (error as Error).message; // always one
      }
      return "";
    });
    for (const message of said) {
      const expression = JSON.parse(/This pairs them: "pairBy": ("(?:[^"\\]|\\.)*")\./.exec(message)?.[1] ?? "null");
      expect(pairByName(named(images), named(masks), expression)).toHaveLength(2);
    }
  });

  it("suggests no pairBy where none pairs", () => {
    const named = (...names: string[]) => names.map((name) => ({ path: `${name}.png`, name }));
    let said = "";
    try {
      pairByName(named("cat", "dog"), named("blue", "red"), null);
    } catch (error) {
      said = (error as Error).message; // always one
    }
    expect(said).toContain("without a mask: cat.png, dog.png");
    expect(said).not.toContain("pairBy");
  });
});
