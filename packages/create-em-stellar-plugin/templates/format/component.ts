import { type ByteSource, defineImageFormat, InputError } from "@em-stellar/core";

/** Binary portable greymaps (PGM, "P5") of 8 bits. */
export const newFormat = defineImageFormat({
  id: "new-format",
  summary: "Portable greymap (PGM) of 8 bits, binary",
  defaults: {},
  extensions: ["pgm"],
  recognise: ([p, five]) => p === 0x50 && five === 0x35,
  async open(source) {
    const { width, height, maximum, start } = await headerOf(source);
    return {
      pages: [
        {
          width,
          height,
          channels: 1,
          bits: 8,
          sampleType: "uint",
          photometric: "black-is-zero",
          isInverted: false,
        },
      ],
      async read(_page, window = { x: 0, y: 0, width, height }) {
        const data = new Uint8Array(window.width * window.height);
        for (let row = 0; row < window.height; row++) {
          const from = start + (window.y + row) * width + window.x;
          data.set(await source.read(from, window.width), row * window.width);
        }
        return { width: window.width, height: window.height, channels: 1, data, fullRange: maximum };
      },
    };
  },
});

/** "P5", width, height and largest value, parted by white space and comments; one white space, then the pixels. */
async function headerOf(source: ByteSource) {
  const text = String.fromCharCode(...(await source.read(0, Math.min(source.size, 1024))));
  const match = /^P5\s+(?:#.*\n\s*)*(\d+)\s+(?:#.*\n\s*)*(\d+)\s+(?:#.*\n\s*)*(\d+)\s/.exec(text);
  const [header = "", ...numbers] = match ?? [];
  const [width = 0, height = 0, maximum = 0] = numbers.map(Number);
  if (!match || width === 0 || height === 0) {
    throw new InputError(`${source.name} is no binary greymap: its header names no size. Export it again.`);
  }
  if (maximum < 1 || maximum > 255) {
    throw new InputError(
      `${source.name} has values up to ${maximum}, but only 8 bits (1 to 255) are read. Save it as PNG.`,
    );
  }
  return { width, height, maximum, start: header.length };
}
