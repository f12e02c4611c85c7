import { defineImageFormat } from "@em-stellar/core";
import { inBlocks } from "../formats/in-blocks.js";
import { pageName } from "../formats/page-name.js";
import { readDirectories } from "./directory.js";
import { plainPlanes, planesProblem } from "./planes.js";
import { type TiffPage, tiffPages } from "./tiff-pages.js";
import { readTiffPixels } from "./tiff-pixels.js";

/** Tagged Image File Format, with 32-bit offsets and with 64-bit ones (BigTIFF). */
export const tiff = defineImageFormat({
  id: "tiff",
  summary: "TIFF and BigTIFF: 1 to 64 bits, grey, RGB or palette, any number of pages (TIFF 6.0)",
  citation: "Adobe Developers Association (1992). TIFF, Revision 6.0",
  defaults: plainPlanes,
  check: planesProblem,
  extensions: ["tif", "tiff"],
  recognise: ([a, b, c, d]) =>
    (a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0) ||
    (a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43)),
  async open(file, { planes }) {
    const source = inBlocks(file);
    const { order, directories } = await readDirectories(source);
    const pages = await tiffPages(source, directories, planes);
    return {
      pages: pages.map(({ facts }) => facts),
      read: (index, window) => {
        const page = pages[index] as TiffPage; // openImageFile compares with the number of pages
        return readTiffPixels(source, order, page, pageName(source.name, index, pages.length), window);
      },
    };
  },
});
