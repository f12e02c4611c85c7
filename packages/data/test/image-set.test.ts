import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@em-stellar/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openImageSet, openMethods } from "../src/node/image-set.js";
import { type Rows, write, writePng, writeTiff } from "./image-files.js";

const image: Rows = [
  [0, 255, 0],
  [0, 255, 0],
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-sets-"));
});
afterEach(() => rm(folder, { recursive: true }));

const idsOf = ({ images }: { images: readonly { id: string }[] }) => images.map(({ id }) => id);
const methodsIn = (path: string, truthImages: number, except: string[] = []) =>
  openMethods(join(folder, path), truthImages, except, "--predictions");
const summaryOf = async (methods: ReturnType<typeof openMethods>) =>
  Object.fromEntries((await methods).map((method) => [method.name, idsOf(method)]));

describe("the truth", () => {
  it("is a folder of PNG and TIFF images in the order in which people count, hidden and other files left out", async () => {
    for (const name of ["s10.png", "s2.png", "._s2.png"]) await writePng(join(folder, "truth", name), image);
    await writeTiff(join(folder, "truth", "s1.tif"), [image]);
    await write(join(folder, "truth", "notes.txt"), "");
    const truth = await openImageSet(join(folder, "truth"), "--truth");
    expect(idsOf(truth)).toEqual(["s1", "s2", "s10"]);
    expect(truth.images.map(({ place }) => [place.width, place.height])).toEqual([
      [3, 2],
      [3, 2],
      [3, 2],
    ]);
  });

  it("is a stack, named as a file or as the only file of a folder", async () => {
    await writeTiff(join(folder, "truth", "stack.tif"), [image, image]);
    for (const path of ["truth", "truth/stack.tif"]) {
      const truth = await openImageSet(join(folder, path), "--truth");
      expect([truth.isStack, idsOf(truth)]).toEqual([true, ["slice-001", "slice-002"]]);
    }
  });

  it.each([
    ["a folder that is not there", async () => {}, /^--truth: there is no .*truth\.$/],
    ["an empty folder", () => mkdir(join(folder, "truth")), /--truth: no PNG or TIFF image in .*truth; it is empty/],
    [
      "a folder of other files",
      () => write(join(folder, "truth", "a.jpg"), "x"),
      /it holds a\.jpg\. Export the images as PNG or TIFF/,
    ],
    [
      "a stack among images",
      async () => {
        await writeTiff(join(folder, "truth", "stack.tif"), [image, image]);
        await writePng(join(folder, "truth", "a.png"), image);
      },
      /stack\.tif holds 2 pages, but is next to 1 other image in .*Give either one stack, or one image in each file/,
    ],
    [
      "two images of one name",
      async () => {
        await writePng(join(folder, "truth", "a.png"), image);
        await writeTiff(join(folder, "truth", "a.tif"), [image]);
      },
      /Two images go by the name "a": .*a\.png and .*a\.tif\. Rename one/,
    ],
    [
      "a file that is no image",
      () => write(join(folder, "truth", "a.png"), "not a picture"),
      /truth\/a\.png is a file that begins with 6e 6f 74 20, neither PNG nor TIFF/,
    ],
  ])("refuses %s", async (_, prepare, message) => {
    await prepare();
    const opening = openImageSet(join(folder, "truth"), "--truth");
    await expect(opening).rejects.toThrow(InputError);
    await expect(opening).rejects.toThrow(message);
  });
});

describe("methods", () => {
  it("are sub-folders, the output and the truth passed over", async () => {
    for (const method of ["b", "a", "truth", "out"]) await writePng(join(folder, "all", method, "1.png"), image);
    await mkdir(join(folder, "all", "__MACOSX"));
    const except = [join(folder, "all", "truth"), join(folder, "all", "out")];
    expect(await summaryOf(methodsIn("all", 1, except))).toEqual({ a: ["1"], b: ["1"] });
  });

  it("are stacks, beside sub-folders or alone", async () => {
    await writeTiff(join(folder, "all", "weka.tif"), [image, image]);
    await writeTiff(join(folder, "all", "unet", "result.tif"), [image, image]);
    await writePng(join(folder, "all", "vgg", "s1.png"), image);
    await writePng(join(folder, "all", "vgg", "s2.png"), image);
    expect(await summaryOf(methodsIn("all", 2))).toEqual({
      unet: ["slice-001", "slice-002"],
      vgg: ["s1", "s2"],
      weka: ["slice-001", "slice-002"],
    });
  });

  it("are one where the images lie in the folder itself, or where a stack is named", async () => {
    for (const name of ["s1.png", "s2.png"]) await writePng(join(folder, "mine", name), image);
    await writeTiff(join(folder, "weka.tif"), [image, image]);
    expect(await summaryOf(methodsIn("mine", 2))).toEqual({ mine: ["s1", "s2"] });
    expect(await summaryOf(methodsIn("weka.tif", 2))).toEqual({ weka: ["slice-001", "slice-002"] });
  });

  it("are as many as images where the truth is one image", async () => {
    for (const name of ["unet.png", "vgg.png"]) await writePng(join(folder, "all", name), image);
    expect(await summaryOf(methodsIn("all", 1))).toEqual({ unet: ["unet"], vgg: ["vgg"] });
  });

  it.each([
    ["nothing there", async () => {}, /^--predictions: there is no /],
    [
      "an empty sub-folder",
      async () => {
        await writePng(join(folder, "all", "a", "1.png"), image);
        await mkdir(join(folder, "all", "b"));
      },
      /no PNG or TIFF image in .*all\/b; it is empty/,
    ],
    [
      "images beside sub-folders",
      async () => {
        await writePng(join(folder, "all", "a", "1.png"), image);
        await writePng(join(folder, "all", "montage.png"), image);
      },
      /holds both folders of images \(a\) and images beside them \(.*montage\.png\).*a separate folder/,
    ],
    [
      "two methods of one name",
      async () => {
        await writeTiff(join(folder, "all", "a.tif"), [image, image]);
        await writePng(join(folder, "all", "a", "1.png"), image);
      },
      /Two methods go by the name "a"/,
    ],
  ])("refuse %s", async (_, prepare, message) => {
    await prepare();
    await expect(methodsIn("all", 4)).rejects.toThrow(message);
  });
});
