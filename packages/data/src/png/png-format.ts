import { type ByteSource, defineImageFormat, type ImagePage, InputError } from "@em-stellar/core";
import { cropped } from "../formats/cropped.js";
import { inBlocks } from "../formats/in-blocks.js";
import { decodePng } from "./decode-png.js";
import { type Chunk, chunkAt, damagedPng, readHeader, readPalette, readPixelSize, signature } from "./png-header.js";

/** Portable Network Graphics. */
export const png = defineImageFormat({
  id: "png",
  summary: "PNG of 1 to 16 bits: grey, RGB or palette (ISO/IEC 15948)",
  defaults: {},
  extensions: ["png"],
  recognise: (head) => head.length > 0 && signature.every((byte, i) => i >= head.length || head[i] === byte),
  async open(source) {
    return {
      pages: [await factsOf(inBlocks(source))],
      read: async (_page, window) => {
        const bytes = await source.read(0, source.size);
        const rows = window && window.y + window.height;
        return cropped(decodePng(bytes, source.name, rows), window);
      },
    };
  },
});

/** Longest text of a chunk that is looked at. */
const mostText = 1000;
/** More chunks before the pixels than any writer leaves. */
const mostChunks = 10_000;

/** What the chunks before the pixels say. */
async function factsOf(source: ByteSource): Promise<ImagePage> {
  const { name } = source;
  const chunks = await chunksBeforePixels(source);
  const dataOf = ({ at, length }: Chunk) => source.read(at, length);
  const [first] = chunks;
  if (first?.type !== "IHDR") throw damagedPng(name, "it does not begin with its header");
  const { width, height, depth, colour } = readHeader(await dataOf(first), name);
  const find = (type: string) => chunks.find((chunk) => chunk.type === type);

  const animation = find("acTL");
  if (animation && animation.length >= 4) {
    const [a = 0, b = 0, c = 0, d = 0] = await dataOf(animation);
    const frames = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (frames > 1) {
      throw new InputError(
        `${name} is an animated PNG of ${frames} frames. Save each frame as a separate PNG, or all as a TIFF stack.`,
      );
    }
  }
  const palette = colour === "palette" ? find("PLTE") : undefined;
  const physical = find("pHYs");
  const pixelSize = physical && readPixelSize(await dataOf(physical));
  const software = await softwareOf(source, chunks);
  const isColour = colour === "rgb" || colour === "rgb-alpha";
  return {
    width,
    height,
    channels: isColour ? 3 : 1,
    bits: depth,
    sampleType: "uint",
    photometric: colour === "palette" ? "palette" : isColour ? "rgb" : "black-is-zero",
    isInverted: false,
    ...(palette ? { palette: readPalette(await dataOf(palette), name) } : {}),
    ...(software ? { software } : {}),
    ...(pixelSize ? { pixelSize } : {}),
  };
}

async function chunksBeforePixels(source: ByteSource): Promise<Chunk[]> {
  const { name, size } = source;
  const chunks: Chunk[] = [];
  for (let at = signature.length; ; ) {
    const chunk = chunkAt(at, at + 8 > size ? new Uint8Array(0) : await source.read(at, 8), size, name);
    if (chunk.type === "IDAT" || chunk.type === "IEND") return chunks;
    if (chunks.length >= mostChunks) throw damagedPng(name, `more than ${mostChunks} chunks come before its pixels`);
    chunks.push(chunk);
    at = chunk.at + chunk.length + 4;
  }
}

/** The program that wrote the file, where a text of its says so. */
async function softwareOf(source: ByteSource, chunks: readonly Chunk[]): Promise<string | undefined> {
  for (const { type, at, length } of chunks) {
    if (type !== "tEXt" || length > mostText) continue;
    const [keyword, text] = String.fromCharCode(...(await source.read(at, length))).split("\0");
    if (keyword === "Software" && text) return text;
  }
  return undefined;
}
