import { createRandom } from "@em-stellar/core";
import {
  augment,
  coefficientsOf,
  deform,
  drawElastic,
  type Transform,
  type TransformParts,
} from "@em-stellar/data/augmentation";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { Case, Topic } from "../../packages/kernels/src/testing/case.js";
import { fill, numbers, type Reference, sample } from "../../packages/kernels/src/testing/reference.js";

/** Where a pixel of an image takes its value from: a row and a column, between pixels. */
type Places = (image: number, row: number, column: number) => readonly [row: number, column: number];

/** Bilinear interpolation between pixels, beyond the edges of mirrored ones or of zeros. */
function interpolated(x: Reference, places: Places, beyond: Transform["fill"]): Reference {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const mirror = (at: number, side: number) => {
    const place = ((at % (2 * side)) + 2 * side) % (2 * side);
    return place < side ? place : 2 * side - 1 - place;
  };
  return fill(x.shape, (i) => {
    const c = i % channels;
    const image = Math.floor(i / channels / width / height);
    const pixel = (y: number, across: number) => {
      const outside = y < 0 || y >= height || across < 0 || across >= width;
      if (beyond === "constant" && outside) return 0;
      const at = (image * height + mirror(y, height)) * width + mirror(across, width);
      return x.values[at * channels + c] as number;
    };
    const [top, left] = places(image, Math.floor(i / channels / width) % height, Math.floor(i / channels) % width);
    const [firstRow, firstColumn] = [Math.floor(top), Math.floor(left)];
    let sum = 0;
    for (const dy of [0, 1]) {
      for (const dx of [0, 1]) {
        const weight = (1 - Math.abs(top - firstRow - dy)) * (1 - Math.abs(left - firstColumn - dx));
        sum += weight * pixel(firstRow + dy, firstColumn + dx);
      }
    }
    return sum;
  });
}

function transformed(x: Reference, transforms: readonly Transform[]): Reference {
  const places: Places = (image, row, column) => {
    const { coefficients } = transforms[image] as Transform;
    const [a0, a1, a2, b0, b1, b2] = coefficients as [number, number, number, number, number, number];
    return [b0 * column + b1 * row + b2, a0 * column + a1 * row + a2];
  };
  return interpolated(x, places, transforms[0]?.fill ?? "constant");
}

/** The parabola through three values at 0, at 1/2 and at 1. */
function parabola([first, middle, last]: readonly [number, number, number], at: number): number {
  return first * (1 - at) * (1 - 2 * at) + middle * 4 * at * (1 - at) + last * at * (2 * at - 1);
}

const side = 7;
const parts: readonly TransformParts[] = [
  { rotation: 0.4, zoomRows: 1.2, zoomColumns: 0.8 },
  { flipHorizontal: true, shear: 0.3, shiftRows: -2.3 },
  { flipVertical: true, rotation: -2, shiftColumns: 9.6 },
];

function augmentationCase(beyond: Transform["fill"]): Case {
  // Rounded to single precision, so that both see the same.
  const transforms = parts.map((each) => ({
    coefficients: coefficientsOf(each, side).map(Math.fround),
    fill: beyond,
  }));
  const images = sample(1, [3, side, side, 2]);
  const next = numbers(2);
  const masks = fill([3, side, side, 1], () => next() >>> 31);
  return {
    name: `three images and their masks, each with a transform of its own, beyond the edges "${beyond}"`,
    inputs: [images, masks],
    run([x, y]) {
      const augmented = augment(x as Tensor4D, y as Tensor4D, transforms);
      return [augmented.images, augmented.masks];
    },
    expected() {
      const grey = transformed(masks, transforms);
      const cut = grey.values.map((value) => Number(value > 0.5));
      return [transformed(images, transforms), { ...grey, values: cut }];
    },
    differentiated: [],
    tolerance: 1e-5, // coordinates in single precision: places beyond the first pixel lose digits
  };
}

function elasticCase(beyond: Transform["fill"]): Case {
  const random = createRandom("elastic");
  const draws = [4, 1, 0].map((elastic) => drawElastic(random, { elastic }));
  const [height, width] = [side, side + 2];
  const images = sample(3, [3, height, width, 2]);
  const next = numbers(4);
  const masks = fill([3, height, width, 1], () => next() >>> 31);
  const displaced = (points: readonly number[], row: number, column: number) => {
    const along = (line: number) => points.slice(3 * line, 3 * line + 3) as unknown as [number, number, number];
    const down = row / (height - 1);
    const across = [0, 1, 2].map((line) => parabola(along(line), column / (width - 1)));
    return parabola(across as unknown as [number, number, number], down);
  };
  const places: Places = (image, row, column) => {
    const { rows, columns } = draws[image] as (typeof draws)[number];
    return [row + displaced(rows, row, column), column + displaced(columns, row, column)];
  };
  const nearest: Places = (...pixel) => {
    const [row, column] = places(...pixel);
    return [Math.floor(row + 0.5), Math.floor(column + 0.5)];
  };
  return {
    name: `three images and their masks, each deformed by itself, beyond the edges "${beyond}"`,
    inputs: [images, masks],
    run([x, y]) {
      const batch = { images: x as Tensor4D, masks: y as Tensor4D };
      const deformed = deform(batch, draws, beyond);
      return [deformed.images, deformed.masks];
    },
    expected: () => [interpolated(images, places, beyond), interpolated(masks, nearest, beyond)],
    differentiated: [],
    tolerance: 1e-5, // as above
  };
}

export const augmentation: Topic = {
  name: "augmentation",
  cases: [augmentationCase("constant"), augmentationCase("reflect"), elasticCase("constant"), elasticCase("reflect")],
};
