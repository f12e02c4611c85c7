import type { Random } from "@em-stellar/core";

/** A square of values, row by row. */
export type Field = Float32Array;

/** Smooth random values of mean 0 and standard deviation 1, whose detail is about `sigma` pixels wide. Wraps around. */
export function smoothNoise(random: Random, side: number, sigma: number): Field {
  const field = new Float32Array(side * side);
  for (let i = 0; i < field.length; i++) field[i] = random.normal();
  const smooth = gaussianBlur(field, side, sigma);
  const mean = smooth.reduce((sum, value) => sum + value, 0) / smooth.length;
  const variance = smooth.reduce((sum, value) => sum + (value - mean) ** 2, 0) / smooth.length;
  const scale = 1 / Math.sqrt(variance);
  return smooth.map((value) => (value - mean) * scale);
}

/** Gaussian blur that wraps around at the edges, cut off at three sigma. */
export function gaussianBlur(field: Field, side: number, sigma: number): Field {
  const radius = Math.min(Math.ceil(3 * sigma), side - 1);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const along = (from: Field, step: number, across: number): Field => {
    const to = new Float32Array(side * side);
    const line = new Float32Array(side + 2 * radius);
    for (let j = 0; j < side; j++) {
      for (let i = 0; i < line.length; i++) line[i] = from[j * across + ((i - radius + side) % side) * step] as number;
      for (let i = 0; i < side; i++) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) sum += (kernel[k] as number) * (line[i + k] as number);
        to[j * across + i * step] = sum / total;
      }
    }
    return to;
  };
  return along(along(field, 1, side), side, 1);
}
