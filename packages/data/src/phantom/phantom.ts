import {
  checks,
  createRandom,
  type DataContext,
  type Dataset,
  defineDataSource,
  numberWithin,
  type Sample,
  wholeNumber,
} from "@em-stellar/core";
import { drawPhantom, type Phantom, type PhantomStyle } from "./draw-phantom.js";

export interface PhantomOptions extends PhantomStyle {
  /** Width and height of every image, in pixels. */
  size: number;
  trainImages: number;
  testImages: number;
  /** Groups of training images; each has its own contrast, noise and density. Every test image is of a group of its own. */
  groups: number;
  seed: number;
}

/** Invented EM images with exact masks of mitochondria: for demonstrations and tests, at any size and in any number. */
export const phantom = defineDataSource({
  id: "phantom",
  summary: "Synthetic EM images of mitochondria among look-alikes, with exact masks",
  defaults: {
    size: 128,
    trainImages: 12,
    testImages: 4,
    groups: 6,
    seed: 1,
    contrast: 0.5,
    noise: 0.05,
    unevenness: 0.15,
    mitochondria: 8,
    darkBodies: 4,
  },
  check: (options: PhantomOptions) => findProblem(options),
  async open(options: PhantomOptions, _context: DataContext): Promise<Dataset> {
    const { trainImages, testImages, groups } = options;
    const drawn: number[] = []; // images of each group so far
    return {
      train: Array.from({ length: trainImages }, (_, i) => {
        const group = Math.floor((i * groups) / trainImages);
        const number = (drawn[group] ?? 0) + 1;
        drawn[group] = number;
        return sampleOf(options, letters(group), number);
      }),
      test: Array.from({ length: testImages }, (_, i) => sampleOf(options, letters(groups + i), 1)),
    };
  },
});

function sampleOf(options: PhantomOptions, group: string, number: number): Sample {
  const { size, seed } = options;
  const id = `${group}${number}`;
  // Image and mask are drawn together. What is asked for second takes what the first one left, and nothing stays in memory.
  let left: { readonly part: keyof Phantom; readonly picture: Phantom } | undefined;
  const draw = (part: keyof Phantom) => {
    const picture = left?.part === part ? left.picture : drawPhantom(`${seed}/${id}`, size, styleOf(options, group));
    left = left?.part === part ? undefined : { part: part === "image" ? "mask" : "image", picture };
    return picture[part];
  };
  return {
    id,
    group,
    image: async () => ({ width: size, height: size, channels: 1, data: draw("image") }),
    mask: async () => ({ width: size, height: size, data: draw("mask"), maximum: 1 }),
  };
}

/** Preparations differ: each group varies about what was asked for. */
function styleOf(options: PhantomOptions, group: string): PhantomStyle {
  const random = createRandom(`${options.seed}/${group}`);
  return {
    contrast: options.contrast * random.uniform(0.85, 1.15),
    noise: options.noise * random.uniform(0.8, 1.2),
    unevenness: options.unevenness * random.uniform(0.6, 1.4),
    mitochondria: options.mitochondria * random.uniform(0.7, 1.3),
    darkBodies: options.darkBodies * random.uniform(0.7, 1.3),
  };
}

/** A, B, … Z, AA, AB, … */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Sides beyond take hours to draw, and numbers beyond are more than anybody trains with. */
const [largestSide, mostImages] = [4096, 100_000];

const inRange = checks(
  wholeNumber("size", { min: 32, max: largestSide }),
  wholeNumber("trainImages", { min: 2, max: mostImages }),
  wholeNumber("testImages", { min: 0, max: mostImages }),
  wholeNumber("groups", { min: 1, max: mostImages }),
  wholeNumber("seed", { min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  numberWithin("contrast", { from: 0, to: 10 }),
  numberWithin("noise", { from: 0, to: 10 }),
  numberWithin("unevenness", { from: 0, to: 10 }),
  numberWithin("mitochondria", { from: 0, to: 1000 }),
  numberWithin("darkBodies", { from: 0, to: 1000 }),
);

function findProblem(options: PhantomOptions): string | undefined {
  const { trainImages, groups } = options;
  const problem = inRange(options);
  if (problem) return problem;
  return groups > trainImages
    ? `was asked for ${groups} groups of ${trainImages} training images. At most ${trainImages} groups can be made.`
    : undefined;
}
