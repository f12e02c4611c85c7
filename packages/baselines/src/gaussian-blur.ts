import type { RasterData } from "@em-stellar/core";
import { gaussianKernel, separableFilter } from "./separable-filter.js";

/**
 * Gaussian blur of one grey value for each pixel; `sigma` in pixels, 0 for none. The kernel ends at 4 sigma, and borders
 * mirror the image, edge pixel included (c b a | a b c).
 */
export function gaussianBlur(values: RasterData, width: number, height: number, sigma: number): RasterData {
  if (sigma === 0) return values;
  const kernel = gaussianKernel(sigma);
  return separableFilter(values, width, height, kernel, kernel);
}
