import { binarize, createRandom, defineBaseline, type Raster } from "@em-stellar/core";
import { objectFeatureNames, objectFeatures, objectsOf, type Scene } from "./objects.js";
import {
  checkPixelClassifier,
  fitPixelForest,
  type PixelClassifierOptions,
  pixelClassifierDefaults,
  pixelShares,
} from "./pixel-classifier.js";
import { type Forest, forestShares, growForest } from "./random-forest.js";
import { greyValues, type TrainingImage, trainingImages } from "./training-images.js";

/** Options of {@link objectClassifier}: those of the pixel classifier that finds its objects. */
export type ObjectClassifierOptions = PixelClassifierOptions;

/**
 * The pixel classifier, whose objects a second forest keeps or drops by their size, shape, grey values and border, as in
 * ilastik's "pixel + object classification". The objects that this forest learns from were found on images that the
 * pixel forest had not seen, where there are two images or more. Throws `InputError` where the samples cannot be learnt from.
 */
export const objectClassifier = defineBaseline({
  id: "object-classifier",
  summary: "Pixel classifier, then a random forest that keeps or drops its objects, as in ilastik",
  citation: "Berg et al. (2019), doi:10.1038/s41592-019-0582-9; Breiman (2001), doi:10.1023/A:1010933404324",
  role: "classifier",
  defaults: pixelClassifierDefaults,
  check: checkPixelClassifier,
  async fit(samples, options: ObjectClassifierOptions) {
    const images: TrainingImage[] = [];
    for await (const image of trainingImages("object-classifier", samples)) images.push(image);
    const random = createRandom(`object-classifier/${options.seed}`);
    const { forest } = fitPixelForest(images, options, random.fork("pixels"));
    const learning: { features: number[]; isObject: number }[] = [];
    for (const half of [0, 1]) {
      const others = images.filter((_, i) => i % 2 !== half);
      const hasObject = others.some(({ mask }) => mask.includes(1));
      const unseen = hasObject ? fitPixelForest(others, options, random.fork(`half-${half}`)).forest : forest;
      for (const image of images.filter((_, i) => i % 2 === half)) {
        learning.push(...labelledObjects(image, unseen, options.sigmas));
      }
    }
    const keeper = fitObjectForest(learning, options.trees, random.fork("objects"));
    const kept = learning.filter(({ isObject }) => isObject === 1).length;
    return {
      segment(image) {
        const map = pixelShares(forest, image, options.sigmas);
        if (keeper) dropObjects(keeper, binarize(map), { ...map, values: greyValues(image), shares: map.data });
        return map;
      },
      learnt: { objects: kept, others: learning.length - kept },
    };
  },
});

/** The objects that a pixel forest finds on a training image, with whether more than half of their labelled pixels are object. */
function labelledObjects(image: TrainingImage, forest: Forest, sigmas: readonly number[]) {
  const { width, height, values, mask, ignored } = image;
  const raster: Raster = { width, height, channels: 1, data: values };
  const map = pixelShares(forest, raster, sigmas);
  return objectsOf(binarize(map), width).flatMap((pixels) => {
    const labelled = ignored ? pixels.filter((place) => ignored[place] !== 1) : pixels;
    if (labelled.length === 0) return [];
    const found = labelled.reduce((sum, place) => sum + (mask[place] as number), 0);
    const features = objectFeatures(pixels, { width, height, values, shares: map.data });
    return [{ features, isObject: +(found > labelled.length / 2) }];
  });
}

/** Undefined where all objects are of one class: there is nothing to tell apart. */
function fitObjectForest(
  learning: readonly { readonly features: readonly number[]; readonly isObject: number }[],
  trees: number,
  random: Parameters<typeof growForest>[2],
): Forest | undefined {
  if (new Set(learning.map(({ isObject }) => isObject)).size < 2) return undefined;
  return growForest(
    {
      columns: objectFeatureNames.map((_, f) => Float32Array.from(learning, ({ features }) => features[f] as number)),
      classes: Uint8Array.from(learning, ({ isObject }) => isObject),
      weights: [1, 1],
    },
    { trees, depth: 20, leaf: 1 },
    random,
  );
}

/** Lowers the shares in objects that the forest takes for background to at most a half, so that the threshold calls them so. */
function dropObjects(keeper: Forest, mask: Uint8Array, scene: Scene): void {
  const objects = objectsOf(mask, scene.width);
  const features = objects.map((pixels) => objectFeatures(pixels, scene));
  const shares = forestShares(
    keeper,
    objectFeatureNames.map((_, f) => Float32Array.from(features, (each) => each[f] as number)),
  );
  for (const [i, pixels] of objects.entries()) {
    const share = shares[i] as number; // one for each object
    if (share > 0.5) continue;
    for (const place of pixels) scene.shares[place] = (scene.shares[place] as number) * share;
  }
}
