import { defineImageFormat } from "@em-stellar/core";
import { cropped } from "../formats/cropped.js";
import { openPng } from "./png.js";

/** Portable Network Graphics. */
export const png = defineImageFormat({
  id: "png",
  summary: "PNG of 1 to 16 bits: grey, RGB or palette (ISO/IEC 15948)",
  defaults: {},
  extensions: ["png"],
  recognise: ([a, b, c, d]) => a === 0x89 && b === 0x50 && c === 0x4e && d === 0x47,
  async open(source) {
    const { width, height, read } = openPng(await source.read(0, source.size), source.name);
    const head = await source.read(0, 33);
    const [bits = 8, colour] = head.subarray(24);
    return {
      pages: [
        {
          width,
          height,
          channels: colour === 2 || colour === 6 ? 3 : 1,
          bits,
          sampleType: "uint",
          photometric: colour === 3 ? "palette" : colour === 2 || colour === 6 ? "rgb" : "black-is-zero",
          isInverted: false,
        },
      ],
      read: async (_page, window) => cropped(read(), window),
    };
  },
});
