import { defineImageFormat } from "@em-stellar/core";
import { cropped } from "../formats/cropped.js";
import { openTiff } from "./tiff.js";

/** Tagged Image File Format. */
export const tiff = defineImageFormat({
  id: "tiff",
  summary: "TIFF of 1 to 64 bits: grey, RGB or palette, pages, strips and tiles (TIFF 6.0)",
  defaults: {},
  extensions: ["tif", "tiff"],
  recognise: ([a, b]) => (a === 0x49 && b === 0x49) || (a === 0x4d && b === 0x4d),
  async open(source) {
    const pages = openTiff(await source.read(0, source.size), source.name);
    return {
      pages: pages.map(({ width, height, channels, bits, sampleType, photometric }) => ({
        width,
        height,
        channels,
        bits,
        sampleType,
        photometric,
        isInverted: photometric === "white-is-zero",
      })),
      read: async (page, window) => cropped((pages[page] as (typeof pages)[number]).read(), window), // compared by the caller
    };
  },
});
