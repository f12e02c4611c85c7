import { readFileSync } from "node:fs";
import { InputError } from "@em-stellar/core";
import { decodeImage } from "@em-stellar/data";
import { expect, it } from "vitest";
import { hashOfImages, referenceImage, referenceTries } from "./reference.js";

/** Damaged images that ours reads in another way than both readers, or alone, each looked into. */
const differences: Readonly<Record<string, readonly number[]>> = {
  // Ours unpacks as many bytes as the header promises; what is damaged behind them is not seen.
  "png: compressed data damaged behind the last pixel": [1470, 6680, 10955],
  "tif: compressed data damaged behind the last pixel": [6341],
  // The animation's chunks are passed over.
  "png: a chunk of an animation, in a still image": [8137, 8488, 9085, 10767, 13769],
  // libtiff unpacks with libdeflate, which leaves the last bytes unset where data are longer than promised; zlib gives ours.
  "tif: more compressed data than pixels": [1312, 1994, 11709],
  // libtiff passes over it, as ours does, but refuses these because they do not say how long their strips are.
  "tif: a predictor on data that are not compressed": [3913, 9803],
  // tifffile, which imagecodecs' libtiff is asked through, reads the description first.
  "tif: text of a description that is damaged": [1722, 2296, 6764, 9449, 9654],
  "tif: an offset of a next page that leads out of the file": [4310],
  "tif: one-bit samples of LZW data that are longer than promised": [1083],
  // fzstd finds fewer contradictions in a frame without a checksum than libzstd does.
  "tif: Zstandard data with flipped bits": [2225, 12296, 12745],
};

/** What a reader made of each damaged image: `00000000` where it refused it. */
function hashesBy(reader: string): readonly string[] {
  const bytes = readFileSync(new URL(`fixtures/reference-${reader}.bin`, import.meta.url));
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.toString("hex", 4 * i, 4 * i + 4));
}

it.each([
  ["png", ["png"], 2500],
  ["tif", ["tif", "libtiff"], 2500],
] as const)("each damaged %s that is read has the values that other programs read", async (type, readers, least) => {
  const references = readers.map(hashesBy);
  const differing: number[] = [];
  let accepted = 0;
  for (let i = 0; i < referenceTries; i++) {
    const { name, bytes } = referenceImage(type, i);
    try {
      const ours = hashOfImages(await decodeImage(bytes, name), type === "png");
      accepted++;
      if (!references.some((hashes) => hashes[i] === ours)) differing.push(i);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  const known = Object.entries(differences).filter(([what]) => what.startsWith(`${type}:`));
  // Others: what the damage does has changed (then scripts/golden/damaged-images.py reads all again), or ours is wrong.
  expect(differing).toEqual(known.flatMap(([, tries]) => tries).sort((a, b) => a - b));
  expect(accepted).toBeGreaterThan(least);
});
