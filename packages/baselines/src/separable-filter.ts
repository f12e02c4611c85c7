import type { RasterData } from "@em-stellar/core";

/**
 * Filters rows by one kernel and columns by another, as scipy's `correlate1d` along each axis does; kernels have odd lengths.
 * Borders mirror the image, edge pixel included (c b a | a b c). Returns `height × width` values, row by row.
 */
export function separableFilter(
  values: RasterData,
  width: number,
  height: number,
  alongRows: Float64Array,
  alongColumns: Float64Array,
): Float32Array {
  return filterRowsTransposed(filterRowsTransposed(values, width, height, alongRows), height, width, alongColumns);
}

/**
 * A Gaussian of standard deviation `sigma` in pixels, or its first or second derivative, up to 4 sigma on both sides; the
 * weights are those of scipy's `gaussian_filter1d`.
 */
export function gaussianKernel(sigma: number, order: 0 | 1 | 2 = 0): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const places = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const weights = places.map((x) => Math.exp(-(x ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((total, weight) => total + weight);
  const variance = sigma ** 2;
  return weights.map((weight, i) => {
    const x = places[i] as number;
    const factor = order === 0 ? 1 : order === 1 ? x / variance : x ** 2 / variance ** 2 - 1 / variance;
    return (weight / sum) * factor;
  });
}

/** Filters along rows and writes columns: doing it twice filters both ways, always reading along memory. */
function filterRowsTransposed(values: RasterData, width: number, height: number, kernel: Float64Array): Float32Array {
  // Four pixels at a time, because one sum would wait for its own last addition; the last few may lie beyond the row.
  const paddedWidth = Math.ceil(width / 4) * 4;
  const row = new Float64Array(paddedWidth + kernel.length - 1);
  const source = Int32Array.from(row, (_, i) => mirror(i - (kernel.length - 1) / 2, width));
  const columns = new Float32Array(paddedWidth * height);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < row.length; i++) row[i] = values[y * width + (source[i] as number)] as number;
    for (let x = 0; x < width; x += 4) {
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      let value0 = row[x] as number;
      let value1 = row[x + 1] as number;
      let value2 = row[x + 2] as number;
      for (let i = 0; i < kernel.length; i++) {
        const weight = kernel[i] as number;
        const value3 = row[x + i + 3] as number;
        sum0 += weight * value0;
        sum1 += weight * value1;
        sum2 += weight * value2;
        sum3 += weight * value3;
        value0 = value1;
        value1 = value2;
        value2 = value3;
      }
      const at = x * height + y;
      columns[at] = sum0;
      columns[at + height] = sum1;
      columns[at + 2 * height] = sum2;
      columns[at + 3 * height] = sum3;
    }
  }
  return columns.subarray(0, width * height);
}

/** The pixel seen at a place outside the row, however far outside. */
function mirror(index: number, length: number): number {
  const inPeriod = ((index % (2 * length)) + 2 * length) % (2 * length);
  return inPeriod < length ? inPeriod : 2 * length - 1 - inPeriod;
}
