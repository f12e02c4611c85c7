import { bytesSource, decodeImage, imageFormats, openImageFile, tiff } from "@em-stellar/data";
import { describe, expect, it } from "vitest";
import { greyFields, planesByTifffile, writeTiff } from "./tiff-writer.js";

const [width, height] = [3, 2];
const slices = [1, 2, 3, 4].map((slice) => Uint8Array.from({ length: width * height }, (_, i) => 10 * slice + i));

const written = (planes: number, by: Parameters<typeof planesByTifffile>[3] = {}) =>
  planesByTifffile(width, height, slices.slice(0, planes), by);

async function pagesBy(planes: "auto" | "slices" | "colours", bytes: Uint8Array) {
  const { pages, read } = await openImageFile(bytesSource(bytes, "x.tif"), [tiff({ planes })]);
  return Promise.all(pages.map(async ({ channels }, page) => ({ channels, data: [...(await read(page)).data] })));
}

describe("planes that may be slices or colours", () => {
  it.each([
    ["3 planes", written(3), 3],
    ["4 planes", written(4), 4],
    ["3 planes without a description", written(3, { described: false }), 3],
    ["3 planes by another name", written(3, { software: "my_script" }), 3],
  ])("by tifffile, %s, are asked about", async (_, bytes, planes) => {
    await expect(decodeImage(bytes, "x.tif")).rejects.toThrow(
      `x.tif has ${planes} planes marked as red, green and blue. tifffile, which wrote it, marks any stack of 3 or 4 slices like that. Say what they are: \`planes: slices\` or \`planes: colours\`. Or write the stack again with photometric="minisblack".`,
    );
  });

  it("are an image each, or one in colours, as it is said", async () => {
    for (const planes of [3, 4]) {
      expect(await pagesBy("slices", written(planes))).toEqual(
        slices.slice(0, planes).map((slice) => ({ channels: 1, data: [...slice] })),
      );
    }
    const [image, ...others] = await pagesBy("colours", written(3));
    expect(others).toEqual([]);
    expect(image?.channels).toBe(3);
    expect(image?.data.slice(0, 6)).toEqual([10, 20, 30, 11, 21, 31]);
  });

  it("by other programs are colours", async () => {
    const others = written(3, { software: "libtiff", described: false });
    expect(await pagesBy("auto", others)).toEqual(await pagesBy("colours", others));
    expect((await decodeImage(others, "x.tif"))[0]?.channels).toBe(3);
  });

  it("read as slices, a part of one is read alone", async () => {
    const { read } = await openImageFile(bytesSource(written(3), "x.tif"), [tiff({ planes: "slices" })]);
    expect([...(await read(2, { x: 1, y: 1, width: 2, height: 1 })).data]).toEqual([34, 35]); // 30 + 1 · 3 + 1
  });

  it("other TIFFs are read as ever", async () => {
    const plain = writeTiff([{ fields: greyFields(width, height, 8), pieces: [slices[0] as Uint8Array] }]);
    for (const planes of ["auto", "slices", "colours"] as const) {
      expect(await pagesBy(planes, plain)).toEqual([{ channels: 1, data: [...(slices[0] as Uint8Array)] }]);
    }
    expect(() => tiff({ planes: "rgb" as never })).toThrow('needs "auto", "slices" or "colours" for "planes"');
    expect(imageFormats.find(({ id }) => id === "tiff")?.options).toEqual({ planes: "auto" });
  });
});
