import { readFileSync } from "node:fs";
import { join } from "node:path";
import { binarize, type ProbabilityMap, type Raster, type Sample } from "@em-stellar/core";
import { decode as decodePng } from "fast-png";
import { decode as decodeTiff } from "tiff";

/** The cardiac data set in a folder. */
export function cardiacSamples(data: string): { readonly train: Sample[]; readonly test: Sample[] } {
  const root = join(data, "cardiac");
  const regions = ["A", "B", "C", "D"];
  return {
    train: regions.flatMap((region) =>
      [0, 1, 2, 3, 5].map((n) => sample(join(root, "train"), `${region}000${n}`, "tif")),
    ),
    test: regions.map((region) => sample(join(root, "test"), `${region}0004`, "png")),
  };
}

/** The Jaccard index over the pixels of all images together. */
export async function pooledJaccard(
  segment: (image: Raster) => ProbabilityMap,
  test: readonly Sample[],
): Promise<number> {
  let [both, either] = [0, 0];
  for (const each of test) {
    const prediction = binarize(segment(await each.image()));
    const truth = binarize((await each.mask?.()) as ProbabilityMap);
    for (let i = 0; i < truth.length; i++) {
      both += (truth[i] as number) & (prediction[i] as number);
      either += (truth[i] as number) | (prediction[i] as number);
    }
  }
  return both / either;
}

function sample(folder: string, id: string, maskExtension: string): Sample {
  return {
    id,
    image: async () => image(join(folder, "images", `${id}.tif`)),
    mask: async () => ({ ...image(join(folder, "masks", `${id}.${maskExtension}`)), maximum: 255 }),
  };
}

function image(path: string): Raster {
  const file = readFileSync(path);
  const decoded = path.endsWith(".png") ? decodePng(file) : decodeTiff(file)[0];
  if (!(decoded?.data instanceof Uint8Array)) throw new Error(`${path} is not an 8-bit image`);
  return { width: decoded.width, height: decoded.height, channels: 1, data: decoded.data };
}
