import { cropMask, cropPatch, normalizationOf, tiles } from "@em-stellar/data";
import { imageFolder } from "@em-stellar/data/node";
import { jaccardIndex } from "./jaccard-index.js";
import { type OverfitResult, wanted } from "./result.js";

export interface Patch {
  readonly image: Float32Array;
  readonly mask: Float32Array;
  readonly place: OverfitResult["patch"];
}

/** The first patch of the cardiac training images, in the order of their names, left to right and down, of which 20 to 60 % are mitochondria. */
export async function firstPatch(folder: string): Promise<Patch> {
  const { side } = wanted;
  const options = { images: `${folder}/cardiac/train/images`, masks: `${folder}/cardiac/train/masks` };
  const { train } = await imageFolder(options).open({});
  for (const sample of train) {
    const [raster, truth] = [await sample.image(), await sample.mask?.()];
    if (!truth) continue;
    const objects = Uint8Array.from(truth.data, (value) => (value > truth.maximum / 2 ? 1 : 0));
    const normalization = normalizationOf("z-score", [raster]);
    for (const { x, y } of tiles(raster, side)) {
      const [image, mask] = [new Float32Array(side * side), new Float32Array(side * side)];
      cropMask(objects, raster.width, raster.height, x, y, side, mask, 0);
      const objectShare = mask.reduce((sum, value) => sum + value, 0) / mask.length;
      if (objectShare < 0.2 || objectShare > 0.6) continue;
      cropPatch(raster, normalization, x, y, side, image, 0);
      return {
        image,
        mask,
        place: { image: sample.id, x, y, side, objectShare, thresholdJaccard: bestThreshold(image, mask) },
      };
    }
  }
  throw new Error(`No patch of ${side} × ${side} pixels of ${options.images} is from 20 to 60 % mitochondria.`);
}

/** The best Jaccard index of calling all pixels object that are darker, or brighter, than a threshold: 256 are tried. */
function bestThreshold(image: Float32Array, mask: Float32Array): number {
  const [darkest, brightest] = [image.reduce((a, b) => Math.min(a, b)), image.reduce((a, b) => Math.max(a, b))];
  const scores = Array.from({ length: 256 }, (_, i) => darkest + ((brightest - darkest) * i) / 255).flatMap(
    (threshold) =>
      [1, -1].map((sign) => {
        const called = image.map((value) => (sign * (value - threshold) > 0 ? 1 : 0));
        return jaccardIndex(mask, called);
      }),
  );
  return Math.round(1e4 * Math.max(...scores)) / 1e4;
}
