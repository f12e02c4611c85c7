import type { RasterData } from "@em-stellar/core";
import { gaussianBlur } from "./gaussian-blur.js";
import { gaussianKernel, separableFilter } from "./separable-filter.js";

/** What one pixel and its surroundings look like, in the order of {@link pixelFeatures}; each at every scale. */
export const featureKinds = [
  "gaussian",
  "laplacian",
  "gradient",
  "difference",
  "hessian-large",
  "hessian-small",
  "structure-large",
  "structure-small",
] as const;

/** `gaussian-2`: the names of the features at some scales, in the order of {@link pixelFeatures}. */
export function featureNames(sigmas: readonly number[]): string[] {
  return sigmas.flatMap((sigma) => featureKinds.map((kind) => `${kind}-${sigma}`));
}

/**
 * Features of every pixel, one plane of `height × width` values for each, as scipy and scikit-image compute them at each
 * scale `sigma`, in pixels: Gaussian; Laplacian of Gaussian (`gaussian_laplace`); gradient magnitude (`sobel` of the Gaussian);
 * difference of the Gaussians of sigma and 1.6 sigma; the larger and the smaller eigenvalue of the Hessian (`hessian_matrix`);
 * and those of the structure tensor of the Gaussian, averaged over sigma / 2 (`structure_tensor`).
 */
export function pixelFeatures(
  values: RasterData,
  width: number,
  height: number,
  sigmas: readonly number[],
): Float32Array[] {
  return sigmas.flatMap((sigma) => {
    const gaussian = Float32Array.from(gaussianBlur(values, width, height, sigma));
    const wider = gaussianBlur(values, width, height, 1.6 * sigma);
    const [flat, curved] = [gaussianKernel(sigma), gaussianKernel(sigma, 2)];
    const laplacian = separableFilter(values, width, height, curved, flat);
    const curvedDown = separableFilter(values, width, height, flat, curved);
    for (let i = 0; i < laplacian.length; i++) laplacian[i] = (laplacian[i] as number) + (curvedDown[i] as number);
    const across = separableFilter(gaussian, width, height, sobelAcross, sobelAlong);
    const down = separableFilter(gaussian, width, height, sobelAlong, sobelAcross);
    return [
      gaussian,
      laplacian,
      gradientMagnitude(across, down),
      gaussian.map((value, i) => value - (wider[i] as number)),
      ...hessianEigenvalues(gaussian, width, height),
      ...structureEigenvalues(across, down, width, height, sigma / 2),
    ];
  });
}

const sobelAcross = Float64Array.of(-1, 0, 1);
const sobelAlong = Float64Array.of(1, 2, 1);

/** As `skimage.filters.sobel`: kernels whose positive weights add up to 1, and the root of the mean of both squares. */
function gradientMagnitude(across: Float32Array, down: Float32Array): Float32Array {
  return across.map((x, i) => Math.sqrt((x ** 2 + (down[i] as number) ** 2) / 32));
}

function structureEigenvalues(
  across: Float32Array,
  down: Float32Array,
  width: number,
  height: number,
  sigma: number,
): [Float32Array, Float32Array] {
  const kernel = gaussianKernel(sigma);
  const averaged = (products: Float32Array) => separableFilter(products, width, height, kernel, kernel);
  return eigenvalues(
    averaged(down.map((y) => y * y)),
    averaged(down.map((y, i) => y * (across[i] as number))),
    averaged(across.map((x) => x * x)),
  );
}

/** Of second differences: each of first differences, central within the image and one-sided at its edges, as `numpy.gradient` does. */
function hessianEigenvalues(gaussian: Float32Array, width: number, height: number): [Float32Array, Float32Array] {
  const down = differences(gaussian, width, height, width);
  const across = differences(gaussian, width, height, 1);
  return eigenvalues(
    differences(down, width, height, width),
    differences(down, width, height, 1),
    differences(across, width, height, 1),
  );
}

/** First differences along columns, where `stride` is the width, or along rows, where it is 1. */
function differences(values: Float32Array, width: number, height: number, stride: number): Float32Array {
  const result = new Float32Array(values.length);
  const along = stride === 1 ? width : height;
  if (along === 1) return result;
  for (let i = 0; i < values.length; i++) {
    const place = stride === 1 ? i % width : Math.floor(i / width);
    const before = place === 0 ? i : i - stride;
    const after = place === along - 1 ? i : i + stride;
    const distance = (after - before) / stride;
    result[i] = ((values[after] as number) - (values[before] as number)) / distance;
  }
  return result;
}

/** Of the matrices [[a, b], [b, c]]: the larger, then the smaller. */
function eigenvalues(a: Float32Array, b: Float32Array, c: Float32Array): [Float32Array, Float32Array] {
  const [large, small] = [new Float32Array(a.length), new Float32Array(a.length)];
  for (let i = 0; i < a.length; i++) {
    const middle = ((a[i] as number) + (c[i] as number)) / 2;
    const half = Math.hypot(((a[i] as number) - (c[i] as number)) / 2, b[i] as number);
    large[i] = middle + half;
    small[i] = middle - half;
  }
  return [large, small];
}
