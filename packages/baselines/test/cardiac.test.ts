import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
import { binarize, type ProbabilityMap, type Raster, type Sample } from "@em-stellar/core";
import { decode as decodePng } from "fast-png";
import { decode as decodeTiff } from "tiff";
import { describe, expect, it } from "vitest";

const data = process.env.EM_STELLAR_DATA;

function image(path: string): Raster {
  const file = readFileSync(path);
  const decoded = path.endsWith(".png") ? decodePng(file) : decodeTiff(file)[0];
  if (!(decoded?.data instanceof Uint8Array)) throw new Error(`${path} is not an 8-bit image`);
  return { width: decoded.width, height: decoded.height, channels: 1, data: decoded.data };
}

function sample(folder: string, id: string, maskExtension: string): Sample {
  return {
    id,
    image: async () => image(join(folder, "images", `${id}.tif`)),
    mask: async () => ({ ...image(join(folder, "masks", `${id}.${maskExtension}`)), maximum: 255 }),
  };
}

describe.skipIf(!data)("cardiac data (needs EM_STELLAR_DATA)", () => {
  const root = join(data ?? "", "cardiac");
  const regions = ["A", "B", "C", "D"];
  const train = regions.flatMap((region) =>
    [0, 1, 2, 3, 5].map((n) => sample(join(root, "train"), `${region}000${n}`, "tif")),
  );
  const test = regions.map((region) => sample(join(root, "test"), `${region}0004`, "png"));

  async function pooledJaccard(segment: (image: Raster) => ProbabilityMap): Promise<number> {
    let [tp, either] = [0, 0];
    for (const each of test) {
      const prediction = binarize(segment(await each.image()));
      const truth = binarize((await each.mask?.()) as ProbabilityMap);
      for (let i = 0; i < truth.length; i++) {
        tp += (truth[i] as number) & (prediction[i] as number);
        either += (truth[i] as number) | (prediction[i] as number);
      }
    }
    return tp / either;
  }

  it.each([
    [constant(), 0.366],
    [otsu(), 0.547],
    [smoothedThreshold({ sigmas: [2, 3, 4] }), 0.788],
  ])("$id reaches the Jaccard index known for it on the 4 test images", async (baseline, expected) => {
    const { segment, learnt } = await baseline.fit(train);
    expect(Math.abs((await pooledJaccard(segment)) - expected)).toBeLessThan(0.003);
    if (baseline.id !== "constant") expect(learnt.polarity).toBe("dark");
    if (baseline.id === "smoothed-threshold") expect(learnt.sigma).toBe(3);
  });
});
