import { augment, coefficientsOf, type Transform, type TransformParts } from "@em-stellar/data/augmentation";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { Case, Topic } from "../../packages/kernels/src/testing/case.js";
import { fill, numbers, type Reference, sample } from "../../packages/kernels/src/testing/reference.js";

/** Bilinear interpolation between pixels, beyond the edges of mirrored ones or of zeros. */
function transformed(x: Reference, transforms: readonly Transform[]): Reference {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const mirror = (at: number, side: number) => {
    const place = ((at % (2 * side)) + 2 * side) % (2 * side);
    return place < side ? place : 2 * side - 1 - place;
  };
  return fill(x.shape, (i) => {
    const c = i % channels;
    const column = Math.floor(i / channels) % width;
    const row = Math.floor(i / channels / width) % height;
    const image = Math.floor(i / channels / width / height);
    const { coefficients, fill: beyond } = transforms[image] as Transform;
    const [a0, a1, a2, b0, b1, b2] = coefficients as [number, number, number, number, number, number];
    const pixel = (y: number, across: number) => {
      const outside = y < 0 || y >= height || across < 0 || across >= width;
      if (beyond === "constant" && outside) return 0;
      const at = (image * height + mirror(y, height)) * width + mirror(across, width);
      return x.values[at * channels + c] as number;
    };
    const [left, top] = [a0 * column + a1 * row + a2, b0 * column + b1 * row + b2];
    const [firstColumn, firstRow] = [Math.floor(left), Math.floor(top)];
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
      const interpolated = transformed(masks, transforms);
      const cut = interpolated.values.map((value) => Number(value > 0.5));
      return [transformed(images, transforms), { ...interpolated, values: cut }];
    },
    differentiated: [],
    tolerance: 1e-5, // coordinates in single precision: places beyond the first pixel lose digits
  };
}

export const augmentation: Topic = {
  name: "augmentation",
  cases: [augmentationCase("constant"), augmentationCase("reflect")],
};
