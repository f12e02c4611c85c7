/** A tensor in double precision, for references written out as plain loops. */
export interface Reference {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Reproducible values in [-1, 1), in steps that single precision holds exactly, no two neighbours alike. */
export function sample(seed: number, shape: readonly number[], shift = 0): Reference {
  const size = shape.reduce((product, side) => product * side, 1);
  let state = (seed * 2654435761) >>> 0;
  const values = Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 12) / 2 ** 19 - 1 + shift;
  });
  return { shape, values };
}

/** The derivative of `f` with respect to some of the elements of `at` by central differences; `f` may read `at` only. */
export function derivative(f: () => number, at: Reference, indices: readonly number[], step = 2 ** -14): number[] {
  return indices.map((index) => {
    const value = at.values[index] as number;
    at.values[index] = value + step;
    const above = f();
    at.values[index] = value - step;
    const below = f();
    at.values[index] = value;
    return (above - below) / (2 * step);
  });
}

/** At most `count` indices of a tensor, spread over it, the first and the last among them. */
export function spread({ values }: Reference, count = 24): number[] {
  const { length } = values;
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / (count - 1)));
}

/** Σ weights · values: makes a scalar of a tensor, so that the derivative tells all its elements apart. */
export function weighted(values: ArrayLike<number>, weights: Reference): number {
  return weights.values.reduce((total, weight, i) => total + weight * (values[i] as number), 0);
}

export interface Window {
  readonly height: number;
  readonly width: number;
  readonly stride: number;
  readonly same: boolean;
}

/** Output size and the zeros before the first element, by TensorFlow's rules for "same" and "valid". */
function extent(size: number, window: number, stride: number, same: boolean): { out: number; before: number } {
  if (!same) return { out: Math.floor((size - window) / stride) + 1, before: 0 };
  const out = Math.ceil(size / stride);
  return { out, before: Math.floor(Math.max(0, (out - 1) * stride + window - size) / 2) };
}

/** Calls `visit` with each output position, tap and the input position under it, where that lies in the image. */
function eachTap(
  [, height, width]: readonly number[],
  window: Window,
  visit: (row: number, column: number, r: number, c: number, y: number, x: number) => void,
): void {
  const vertical = extent(height as number, window.height, window.stride, window.same);
  const horizontal = extent(width as number, window.width, window.stride, window.same);
  for (let row = 0; row < vertical.out; row++) {
    for (let column = 0; column < horizontal.out; column++) {
      for (let r = 0; r < window.height; r++) {
        for (let c = 0; c < window.width; c++) {
          const y = row * window.stride + r - vertical.before;
          const x = column * window.stride + c - horizontal.before;
          if (y >= 0 && y < (height as number) && x >= 0 && x < (width as number)) visit(row, column, r, c, y, x);
        }
      }
    }
  }
}

function outputShape(shape: readonly number[], window: Window, channels: number): number[] {
  const { out: rows } = extent(shape[1] as number, window.height, window.stride, window.same);
  const { out: columns } = extent(shape[2] as number, window.width, window.stride, window.same);
  return [shape[0] as number, rows, columns, channels];
}

export function convolution(x: Reference, filter: Reference, window: Window): Reference {
  const [batch, height, width, inChannels] = x.shape as [number, number, number, number];
  const outChannels = filter.shape[3] as number;
  const shape = outputShape(x.shape, window, outChannels);
  const values = new Float64Array(shape.reduce((product, side) => product * side, 1));
  for (let image = 0; image < batch; image++) {
    eachTap(x.shape, window, (row, column, r, c, y, at) => {
      const out = ((image * (shape[1] as number) + row) * (shape[2] as number) + column) * outChannels;
      const from = ((image * height + y) * width + at) * inChannels;
      const tap = (r * window.width + c) * inChannels;
      for (let i = 0; i < inChannels; i++) {
        for (let o = 0; o < outChannels; o++) {
          values[out + o] =
            (values[out + o] as number) +
            (x.values[from + i] as number) * (filter.values[(tap + i) * outChannels + o] as number);
        }
      }
    });
  }
  return { shape, values };
}

export function maxPooling(x: Reference, window: Window): Reference {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const shape = outputShape(x.shape, window, channels);
  const values = new Float64Array(shape.reduce((product, side) => product * side, 1)).fill(Number.NEGATIVE_INFINITY);
  for (let image = 0; image < batch; image++) {
    eachTap(x.shape, window, (row, column, _r, _c, y, at) => {
      for (let channel = 0; channel < channels; channel++) {
        const out = ((image * (shape[1] as number) + row) * (shape[2] as number) + column) * channels + channel;
        const value = x.values[((image * height + y) * width + at) * channels + channel] as number;
        values[out] = Math.max(values[out] as number, value);
      }
    });
  }
  return { shape, values };
}

/** Mean and biased variance over all axes but the last. */
export function moments(x: Reference): { mean: number[]; variance: number[] } {
  const channels = x.shape.at(-1) as number;
  const count = x.values.length / channels;
  const column = (channel: number) => x.values.filter((_, i) => i % channels === channel);
  const mean = Array.from({ length: channels }, (_, c) => column(c).reduce((total, value) => total + value, 0) / count);
  const variance = mean.map(
    (centre, c) => column(c).reduce((total, value) => total + (value - centre) ** 2, 0) / count,
  );
  return { mean, variance };
}

export function batchNormalization(x: Reference, gamma: Reference, beta: Reference, epsilon: number): Reference {
  const { mean, variance } = moments(x);
  const channels = mean.length;
  const values = x.values.map((value, i) => {
    const c = i % channels;
    const normal = (value - (mean[c] as number)) / Math.sqrt((variance[c] as number) + epsilon);
    return normal * (gamma.values[c] as number) + (beta.values[c] as number);
  });
  return { shape: x.shape, values };
}
