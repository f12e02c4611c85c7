import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineImageFormat } from "@em-stellar/core";
import { blobSource, imageFormats, openImageFile } from "@em-stellar/data";
import { createImageReader, imageFolder, imageStack, openImageSet, openMethods } from "@em-stellar/data/node";
import { afterAll, beforeAll, expect, it } from "vitest";

/** A stranger's format: the word GREY, width, height and number of pages in a byte each, then the pixels. */
const grey = defineImageFormat({
  id: "grey",
  summary: "A byte for each pixel",
  defaults: {},
  extensions: ["grey"],
  recognise: (head) => String.fromCharCode(...head.subarray(0, 4)) === "GREY",
  async open(source) {
    const [width = 0, height = 0, pages = 0] = await source.read(4, 3);
    const page = {
      width,
      height,
      channels: 1,
      bits: 8,
      sampleType: "uint",
      photometric: "black-is-zero",
      isInverted: false,
    } as const;
    return {
      pages: Array.from({ length: pages }, () => page),
      async read(index) {
        const data = (await source.read(7 + index * width * height, width * height)).slice();
        return { width, height, channels: 1, data, fullRange: 255 };
      },
    };
  },
});
const formats = [...imageFormats, grey()];
const fileOf = (width: number, height: number, pages: readonly (readonly number[])[]) =>
  Uint8Array.of(...[..."GREY"].map((letter) => letter.charCodeAt(0)), width, height, pages.length, ...pages.flat());

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-format-"));
  const write = (path: string, ...pages: number[][]) => writeFile(join(folder, path), fileOf(2, 2, pages));
  for (const each of ["images", "masks"]) await mkdir(join(folder, each));
  await write("images/a.grey", [1, 2, 3, 4]);
  await write("images/b.GREY", [5, 6, 7, 8]);
  await write("masks/a.grey", [0, 255, 255, 0]);
  await write("masks/b.grey", [255, 0, 0, 0]);
  await write("images.grey", [1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]);
  await write("masks.grey", [0, 255, 255, 0], [255, 0, 0, 0], [0, 0, 0, 255]);
});
afterAll(() => rm(folder, { recursive: true }));

const valuesOf = async (
  samples: readonly { image(): Promise<{ data: ArrayLike<number> }>; mask?(): Promise<{ data: ArrayLike<number> }> }[],
) =>
  Promise.all(
    samples.map(async (sample) => [
      [...Array.from((await sample.image()).data)],
      [...Array.from((await sample.mask?.())?.data ?? [])],
    ]),
  );

it("is read by the sources of suites", async () => {
  const { train } = await imageFolder().open({ folder, formats });
  expect(await valuesOf(train)).toEqual([
    [
      [1, 2, 3, 4],
      [0, 255, 255, 0],
    ],
    [
      [5, 6, 7, 8],
      [255, 0, 0, 0],
    ],
  ]);
  const stack = imageStack({ images: "images.grey", masks: "masks.grey", testRange: [3, 3] });
  const { train: slices, test } = await stack.open({ folder, formats });
  expect(await valuesOf([...slices, ...test])).toEqual([
    [
      [1, 2, 3, 4],
      [0, 255, 255, 0],
    ],
    [
      [5, 6, 7, 8],
      [255, 0, 0, 0],
    ],
    [
      [9, 10, 11, 12],
      [0, 0, 0, 255],
    ],
  ]);
});

it("is listed and read where images are scored and predicted", async () => {
  const reader = createImageReader(formats);
  const { images } = await openImageSet(join(folder, "images"), "--images", reader);
  expect(images.map(({ id }) => id)).toEqual(["a", "b"]);
  const [, second] = images;
  expect(second && [...(await reader.readPage(second.place)).data]).toEqual([5, 6, 7, 8]);
  const [stack] = await openMethods(join(folder, "images.grey"), 3, [], "--predictions", reader);
  expect(stack?.images.map(({ id }) => id)).toEqual(["slice-001", "slice-002", "slice-003"]);
});

it("is read from a file that a page was given", async () => {
  const blob = new Blob([fileOf(2, 1, [[7, 9]])]);
  const { pages, read } = await openImageFile(blobSource(blob, "dropped.grey"), formats);
  expect(pages).toMatchObject([{ width: 2, height: 1 }]);
  expect([...(await read(0)).data]).toEqual([7, 9]);
});

it("is unknown where it is not among the formats, and the message names those that are", async () => {
  await expect(imageFolder().open({ folder })).rejects.toThrow(/no PNG or TIFF file in .*images matches/);
  await expect(openImageSet(join(folder, "images"), "--images")).rejects.toThrow(
    /no PNG or TIFF image in .*a\.grey, b\.GREY/,
  );
  await expect(createImageReader().open(join(folder, "images.grey"), "x.grey")).rejects.toThrow(
    /x\.grey is a file that begins with 47 52 45 59, neither PNG nor TIFF/,
  );
});
