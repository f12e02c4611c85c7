import { InputError } from "@em-stellar/core";
import { bytesSource, imageFormats, openImageFile } from "@em-stellar/data";
import { describe, expect, it } from "vitest";
import { type Field, greyFields, writeTiff } from "./tiff-writer.js";

const [width, height] = [4, 3];
const plane = (value: number) => new Uint8Array(width * height).fill(value);
const page = (value: number, ...fields: Field[]) => ({
  fields: greyFields(width, height, 8, ...fields),
  pieces: [plane(value)],
});
const description = (text: string): Field => [270, 2, text];

async function open(bytes: Uint8Array) {
  const { pages, read } = await openImageFile(bytesSource(bytes, "stack.tif"), imageFormats);
  const firsts: number[] = [];
  for (const index of pages.keys()) {
    const { data } = await read(index);
    expect(new Set(data).size, "all pixels of a plane are equal").toBe(1);
    firsts.push(data[0] as number);
  }
  return { pages, firsts };
}
const planesOf = async (bytes: Uint8Array) => (await open(bytes)).firsts;

/** A file whose first directory stands for planes that lie one after another, as ImageJ writes stacks of more than 4 GB. */
function oneDirectory(planes: number, fields: readonly Field[], described = planes): Uint8Array {
  const values = Array.from({ length: planes }, (_, i) => [...plane(10 * (i + 1))]).flat();
  return writeTiff([
    {
      fields: greyFields(
        width,
        height,
        8,
        [279, 4, [width * height]],
        description(`ImageJ=1.54f\nimages=${described}\nslices=${described}\n`),
        ...fields,
      ),
      pieces: [Uint8Array.from(values)],
    },
  ]);
}

describe("a stack that one directory describes is read whole", () => {
  it("by ImageJ", async () => {
    expect(await planesOf(oneDirectory(3, []))).toEqual([10, 20, 30]);
  });

  it("by MetaMorph, which lists a number for each plane", async () => {
    const numbers: Field = [33629, 5, Array.from({ length: 6 }, () => 1)];
    expect(await planesOf(oneDirectory(3, [numbers, description("MetaMorph")]))).toEqual([10, 20, 30]);
  });

  it("by tifffile, truncated", async () => {
    const shape = description('{"shape": [3, 3, 4], "truncated": true}');
    expect(await planesOf(oneDirectory(3, [shape]))).toEqual([10, 20, 30]);
  });

  it("as a volume, strip by strip and plane by plane", async () => {
    const fields = greyFields(width, height, 8, [278, 4, [2]], [32997, 4, [2]]);
    const strips = [plane(1).slice(0, 8), plane(1).slice(0, 4), plane(2).slice(0, 8), plane(2).slice(0, 4)];
    expect(await planesOf(writeTiff([{ fields, pieces: strips }]))).toEqual([1, 2]);
  });
});

describe("a stack of which something is missing is refused", () => {
  it.each([
    [
      "bytes of planes",
      oneDirectory(3, [], 50),
      /by ImageJ of 50 images behind one description, but only \d+ are stored/,
    ],
    [
      "all planes but one, compressed",
      writeTiff([page(1, [259, 3, [32773]], description("ImageJ=1.54f\nimages=5\n"))]),
      /of 5 images behind one description, but only one image is stored/,
    ],
    [
      "pages of ImageJ",
      writeTiff([page(1, description("ImageJ=1.54f\nimages=4\nslices=4\n")), page(2)]),
      /holds 2 images, but its description by ImageJ says 4/,
    ],
    [
      "pages of tifffile",
      writeTiff([page(1, description('{"shape": [4, 3, 4]}')), page(2)]),
      /holds 2 images, but its description by tifffile says 4/,
    ],
    [
      "planes of OME",
      writeTiff([
        page(
          1,
          description('<?xml?><OME><Image><Pixels SizeX="4" SizeY="3" SizeZ="7" SizeC="1" SizeT="1"/></Image></OME>'),
        ),
      ]),
      /holds 1 images, but its description by OME-XML says 7/,
    ],
    ["the next directory", writeTiff([page(1)], { next: 5000 }), /within the description of page 2/],
    [
      "a list of the strips",
      writeTiff([page(1, [32997, 4, [4_000_000_000]])]),
      /1 pieces of an image of 4000000000 planes are there/,
    ],
  ])("%s", async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(InputError);
    await expect(open(bytes)).rejects.toThrow(message);
  });
});

describe("channels are not slices", () => {
  const pages = (text: string, count = 4, ...more: Field[]) =>
    writeTiff(Array.from({ length: count }, (_, i) => page(i + 1, ...(i === 0 ? [description(text), ...more] : []))));
  const ome = (z: number, c: number, samples = 1) =>
    `<OME><Image><Pixels SizeC="${c}" SizeT="1" SizeX="4" SizeY="3" SizeZ="${z}"><Channel SamplesPerPixel="${samples}"/></Pixels></Image></OME>`;

  it.each([
    [
      "ImageJ",
      pages("ImageJ=1.54f\nimages=4\nchannels=2\nslices=2\nhyperstack=true\n"),
      /2 channels of 2 slices.*ImageJ/,
    ],
    ["ImageJ, without slices", pages("ImageJ=1.54f\nimages=4\nchannels=4\n"), /holds 4 channels \(/],
    ["OME", pages(ome(2, 2)), /2 channels of 2 slices.*OME-XML/],
    ["tifffile", pages('{"shape": [2, 2, 3, 4], "axes": "ZCYX"}'), /2 channels of 2 slices.*tifffile/],
  ])("of %s", async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(message);
  });

  it("but slices and times are", async () => {
    expect(await planesOf(pages("ImageJ=1.54f\nimages=4\nslices=2\nframes=2\nhyperstack=true\n"))).toEqual([
      1, 2, 3, 4,
    ]);
    expect(await planesOf(pages(ome(4, 1)))).toEqual([1, 2, 3, 4]);
    expect(await planesOf(pages('{"shape": [4, 3, 4]}'))).toEqual([1, 2, 3, 4]);
    expect(await planesOf(pages(""))).toEqual([1, 2, 3, 4]);
  });

  it("and tifffile calls the slices of any stack channels, where it is not told better", async () => {
    const software: Field = [305, 2, "tifffile.py"];
    expect(await planesOf(pages("ImageJ=1.11a\nimages=4\nchannels=4\nhyperstack=true\n", 4, software))).toEqual([
      1, 2, 3, 4,
    ]);
  });
});

describe("previews and masks of transparency are no images", () => {
  it("but a file's only page is one, whatever it is called", async () => {
    expect(
      await planesOf(writeTiff([page(1), page(2, [254, 4, [1]]), page(3, [254, 4, [4]]), page(4, [255, 3, [2]])])),
    ).toEqual([1]);
    expect(await planesOf(writeTiff([page(2, [254, 4, [1]])]))).toEqual([2]);
  });

  it("and where the image lies in a directory of its own, as in raw files of cameras, the preview is not taken for it", async () => {
    const raw = writeTiff([page(2, [254, 4, [1]], [330, 4, [8]])]);
    await expect(open(raw)).rejects.toThrow(/every page \(1\) is marked as a preview/);
    await expect(open(writeTiff([page(2, [254, 4, [1]]), page(3, [254, 4, [1]])]))).rejects.toThrow(/every page \(2\)/);
  });
});

describe("what a header says of an image", () => {
  it("is told with each page", async () => {
    const resolution: Field[] = [
      [282, 5, [100000, 400]],
      [283, 5, [100000, 400]],
    ];
    const imageJ = await open(
      writeTiff([
        page(1, description("ImageJ=1.54f\nimages=2\nslices=2\nspacing=0.03\nunit=micron\n"), ...resolution),
        page(2),
      ]),
    );
    expect(imageJ.pages[0]).toEqual({
      width,
      height,
      channels: 1,
      bits: 8,
      sampleType: "uint",
      photometric: "black-is-zero",
      isInverted: false,
      software: "ImageJ 1.54f",
      pixelSize: { x: 0.004, y: 0.004, z: 0.03, unit: "µm" },
    });
    const [white] = (
      await open(writeTiff([page(255, [262, 3, [0]], [305, 2, "tifffile.py"], [296, 3, [3]], ...resolution)]))
    ).pages;
    expect(white).toMatchObject({
      photometric: "white-is-zero",
      isInverted: true,
      software: "tifffile.py",
      pixelSize: { x: 0.004, y: 0.004, unit: "cm" },
    });
  });
});
