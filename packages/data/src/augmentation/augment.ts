import { EmStellarError } from "@em-stellar/core";
import {
  cast,
  concat,
  getBackend,
  greater,
  image as imageOps,
  slice,
  type Tensor4D,
  tensor2d,
  tidy,
} from "@tensorflow/tfjs-core";
import type { Transform } from "./transform.js";

/**
 * Transforms each image of a batch and its mask alike, on the device. Images [batch, height, width, channels] are
 * interpolated bilinearly, and filled with 0 under the fill `constant`: they should be normalised before. Masks
 * [batch, height, width, 1] of 0 and 1 are interpolated and cut at 0.5, so they stay 0 and 1. The inputs are not disposed.
 */
export function augment(
  images: Tensor4D,
  masks: Tensor4D,
  transforms: readonly Transform[],
): { images: Tensor4D; masks: Tensor4D } {
  const fill = transforms[0]?.fill ?? "constant";
  if (transforms.length !== images.shape[0] || transforms.some((transform) => transform.fill !== fill)) {
    throw new EmStellarError(
      `augment takes one transform for each of the ${images.shape[0]} images, all of one fill, but was given ${transforms.length}.`,
    );
  }
  const [, height, width] = images.shape;
  return tidy(() => {
    const matrix = matrixOf(transforms, height, width);
    return {
      images: transformBatch(images, matrix, fill),
      masks: cut(transformBatch(masks, matrix, fill)),
    };
  });
}

/** Transforms masks [batch, height, width, 1] of 0 and 1 as {@link augment} does, on the device. The input is not disposed. */
export function augmentMasks(masks: Tensor4D, transforms: readonly Transform[]): Tensor4D {
  const [, height, width] = masks.shape;
  const fill = transforms[0]?.fill ?? "constant";
  return tidy(() => cut(transformBatch(masks, matrixOf(transforms, height, width), fill)));
}

function cut(masks: Tensor4D): Tensor4D {
  return cast(greater(masks, 0.5), "float32");
}

function matrixOf(transforms: readonly Transform[], height: number, width: number) {
  return tensor2d(
    transforms.flatMap(({ coefficients, fill }) =>
      fill === "reflect" ? lifted(coefficients, width, height) : [...coefficients],
    ),
    [transforms.length, 8],
  );
}

function transformBatch(batch: Tensor4D, matrix: ReturnType<typeof tensor2d>, fill: Transform["fill"]): Tensor4D {
  const size = batch.shape[0];
  // The cpu kernel of tfjs 4.22 leaves its loop after the first image of a batch.
  if (getBackend() !== "cpu" || size === 1) return imageOps.transform(batch, matrix, "bilinear", fill, 0);
  return concat(
    Array.from({ length: size }, (_, i) =>
      imageOps.transform(
        slice(batch, [i, 0, 0, 0], [1, -1, -1, -1]),
        slice(matrix, [i, 0], [1, 8]),
        "bilinear",
        fill,
        0,
      ),
    ),
  );
}

/**
 * The same transform under `reflect`, reading from coordinates of 0 and above only: mirrors repeat after twice the length,
 * and the wasm kernel of tfjs 4.22 mistakes negative coordinates (it compares them with an unsigned length).
 */
function lifted(coefficients: readonly number[], width: number, height: number): number[] {
  const [a0 = 0, a1 = 0, a2 = 0, b0 = 0, b1 = 0, b2 = 0, c0 = 0, c1 = 0] = coefficients;
  const lift = (along: number, across: number, start: number, length: number) => {
    const lowest = start + Math.min(0, along * (width - 1)) + Math.min(0, across * (height - 1));
    return start + 2 * length * Math.max(0, Math.ceil(-lowest / (2 * length)));
  };
  return [a0, a1, lift(a0, a1, a2, width), b0, b1, lift(b0, b1, b2, height), c0, c1];
}
