/** What repeated trainings say: their mean, and the standard deviation of single ones. */
export interface Mean {
  readonly mean: number;
  /** With n − 1; not a number where there is one value only. */
  readonly deviation: number;
}

/** The difference of two means, the first minus the second, with its 95 % interval. */
export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

export function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** How far two means are apart, by Welch's t interval (Welch 1947), for samples of two values or more, which are not all equal. */
export function differenceOf(first: readonly number[], second: readonly number[]): Difference {
  const [a, b] = [meanOf(first), meanOf(second)];
  const [ofA, ofB] = [a.deviation ** 2 / first.length, b.deviation ** 2 / second.length];
  const degrees = (ofA + ofB) ** 2 / (ofA ** 2 / (first.length - 1) + ofB ** 2 / (second.length - 1));
  const difference = a.mean - b.mean;
  const margin = studentQuantile(0.95, degrees) * Math.sqrt(ofA + ofB);
  return { difference, low: difference - margin, high: difference + margin };
}

/** The t that a variable of Student's distribution, of 1 degree of freedom or more, exceeds neither way with this probability. */
export function studentQuantile(probability: number, degrees: number): number {
  // With t = √ν · tan θ the density becomes a power of cos θ, and nothing has to be known of the gamma function.
  const parts = 100_000;
  const width = Math.PI / 2 / parts;
  const heights = Float64Array.from({ length: parts }, (_, i) => Math.cos((i + 0.5) * width) ** (degrees - 1));
  let left = probability * heights.reduce((sum, height) => sum + height, 0);
  let at = 0;
  while (left > (heights[at] as number)) left -= heights[at++] as number; // it is below the sum of all
  return Math.sqrt(degrees) * Math.tan((at + left / (heights[at] as number)) * width);
}
