import {
  checks,
  createRandom,
  defineBaseline,
  type ProbabilityMap,
  type Random,
  type Raster,
  wholeNumber,
} from "@em-stellar/core";
import { featureNames, pixelFeatures } from "./pixel-features.js";
import { type Forest, forestShares, growForest } from "./random-forest.js";
import { checkSigmas } from "./sigmas.js";
import { greyValues, type TrainingImage, trainingImages } from "./training-images.js";

/** Options of {@link pixelClassifier}. */
export interface PixelClassifierOptions {
  /** Scales of the features, as standard deviations in pixels. */
  sigmas: readonly number[];
  /** Trees of the forest. */
  trees: number;
  /** Most decisions on the way to a leaf. */
  depth: number;
  /** Fewest training pixels in a leaf. */
  leaf: number;
  /** Training pixels, drawn from all images: half of them from objects, weighted so that the true shares count. */
  pixels: number;
  /** What pixels and trees are drawn by. */
  seed: number;
}

/** What ilastik's pixel classification and Weka do with these options by default, in the order of magnitude. */
export const pixelClassifierDefaults: PixelClassifierOptions = {
  sigmas: [1, 2, 4, 8],
  trees: 100,
  depth: 20,
  leaf: 5,
  pixels: 40000,
  seed: 1,
};

/** Checks the options that both classifiers share. */
export const checkPixelClassifier = checks(
  checkSigmas({ above: 0 }),
  wholeNumber("trees", { min: 1, max: 10000 }),
  wholeNumber("depth", { min: 1, max: 100 }),
  wholeNumber("leaf", { min: 1 }),
  wholeNumber("pixels", { min: 2, max: 10_000_000 }),
  wholeNumber("seed", { min: 0, max: Number.MAX_SAFE_INTEGER }),
);

/**
 * A random forest on features of each pixel at several scales, the counterpart of ilastik's pixel classification and of
 * Trainable Weka Segmentation. Throws `InputError` where the samples cannot be learnt from.
 */
export const pixelClassifier = defineBaseline({
  id: "pixel-classifier",
  summary: "Random forest on filter responses of each pixel, as in ilastik and Weka",
  citation: "Berg et al. (2019), doi:10.1038/s41592-019-0582-9; Breiman (2001), doi:10.1023/A:1010933404324",
  role: "classifier",
  defaults: pixelClassifierDefaults,
  check: checkPixelClassifier,
  async fit(samples, options: PixelClassifierOptions) {
    const images: TrainingImage[] = [];
    for await (const image of trainingImages("pixel-classifier", samples)) images.push(image);
    const { forest, pixels } = fitPixelForest(images, options, createRandom(`pixel-classifier/${options.seed}`));
    const strongest = forest.importances.indexOf(Math.max(...forest.importances));
    return {
      segment: (image) => pixelShares(forest, image, options.sigmas),
      learnt: { pixels, strongest: featureNames(options.sigmas)[strongest] as string }, // one name for each importance
    };
  },
});

/** A forest on some of the pixels of images, and how many these are. */
export function fitPixelForest(
  images: readonly TrainingImage[],
  options: PixelClassifierOptions,
  random: Random,
): { forest: Forest; pixels: number } {
  const shares = images.map(({ mask, ignored }) => {
    const objects = mask.reduce((sum, one) => sum + one, 0);
    return { objects, background: mask.length - objects - (ignored?.reduce((sum, one) => sum + one, 0) ?? 0) };
  });
  const all = {
    objects: shares.reduce((sum, { objects }) => sum + objects, 0),
    background: shares.reduce((sum, { background }) => sum + background, 0),
  };
  const half = Math.ceil(options.pixels / 2);
  const wanted = { objects: Math.min(half, all.objects), background: Math.min(half, all.background) };
  const columns: Float32Array[][] = [];
  const classes: number[] = [];
  for (const [i, { values, width, height, mask, ignored }] of images.entries()) {
    const { objects, background } = shares[i] as (typeof shares)[number]; // one for each image
    const places = [
      ...drawPlaces(random, Math.round((wanted.objects * objects) / Math.max(1, all.objects)), mask, 1, ignored),
      ...drawPlaces(
        random,
        Math.round((wanted.background * background) / Math.max(1, all.background)),
        mask,
        0,
        ignored,
      ),
    ];
    const planes = pixelFeatures(values, width, height, options.sigmas);
    columns.push(planes.map((plane) => Float32Array.from(places, (place) => plane[place] as number)));
    for (const place of places) classes.push(mask[place] as number);
  }
  const drawn = { objects: classes.reduce((sum, one) => sum + one, 0), all: classes.length };
  const forest = growForest(
    {
      columns: (columns[0] ?? []).map((_, f) => joined(columns.map((each) => each[f] as Float32Array))), // all have the same features
      classes: Uint8Array.from(classes),
      weights: [
        all.background / Math.max(1, drawn.all - drawn.objects) / (all.background + all.objects),
        all.objects / Math.max(1, drawn.objects) / (all.background + all.objects),
      ],
    },
    options,
    random,
  );
  return { forest, pixels: drawn.all };
}

interface FloatMap extends ProbabilityMap {
  readonly data: Float32Array;
}

/** How likely each pixel of an image is to belong to the object. */
export function pixelShares(forest: Forest, image: Raster, sigmas: readonly number[]): FloatMap {
  const { width, height } = image;
  const data = forestShares(forest, pixelFeatures(greyValues(image), width, height, sigmas));
  return { width, height, data, maximum: 1, threshold: 0.5 };
}

/** So many different pixels of a class, in the order of the image. */
function drawPlaces(random: Random, count: number, mask: Uint8Array, wanted: number, ignored?: Uint8Array): number[] {
  const places: number[] = [];
  let left = 0;
  const fits = (i: number) => mask[i] === wanted && ignored?.[i] !== 1;
  for (let i = 0; i < mask.length; i++) if (fits(i)) left++;
  // Each place is taken with the chance that leaves every choice of `count` places equally likely (Knuth's algorithm S).
  for (let i = 0; i < mask.length && places.length < count; i++) {
    if (!fits(i)) continue;
    if (random.integer(left) < count - places.length) places.push(i);
    left--;
  }
  return places;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
