import type { Random } from "@em-stellar/core";
import {
  add,
  concat,
  div,
  max,
  maximum,
  mean,
  min,
  mirrorPad,
  mul,
  pow,
  randomNormal,
  slice,
  sub,
  type Tensor,
  type Tensor4D,
  tensor4d,
  tidy,
} from "@tensorflow/tfjs-core";

/** Ranges that changes of grey values are drawn from, for each patch by itself; 0 switches one off. */
export interface IntensityOptions {
  /** Largest Gaussian blur: its sigma is drawn from 0 to this, in pixels. */
  readonly blur: number;
  /** Added to all values, up to so much either way, in units of the normalised image. */
  readonly brightness: number;
  /** 0.2 draws the factor, from 0.8 to 1.2, by which values differ from their mean. */
  readonly contrast: number;
  /** 0.5 draws the exponent from 1 / 1.5 to 1.5; values lie between 0 and 1 meanwhile. */
  readonly gamma: number;
  /** Gaussian noise in every pixel: its standard deviation is drawn from 0 to this, in units of the normalised image. */
  readonly noise: number;
  /** A square of 0, with a side of up to this part of the patch's, at any place; the mask stays as it is. */
  readonly cutOut: number;
}

/** All off. */
export const steadyIntensity: IntensityOptions = { blur: 0, brightness: 0, contrast: 0, gamma: 0, noise: 0, cutOut: 0 };

/** What is done to the grey values of one patch. */
export interface Intensity {
  /** Sigma in pixels. */
  readonly blur: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly gamma: number;
  /** Standard deviation, and what its values are drawn by. */
  readonly noise: { readonly deviation: number; readonly seed: number };
  /** First and last pixel that is cut out, in rows and in columns: `first` is above `last` where none is. */
  readonly rows: readonly [first: number, last: number];
  readonly columns: readonly [first: number, last: number];
}

/** Draws the changes of a patch of side × side pixels; takes seven numbers from `random`, whatever is switched off: noise has a stream of its own. */
export function drawIntensity(random: Random, options: IntensityOptions, side: number): Intensity {
  const ofNoise = random.fork("noise");
  const noise = { deviation: ofNoise.uniform(0, options.noise), seed: ofNoise.integer(2 ** 31) };
  const blur = random.uniform(0, options.blur);
  const brightness = random.uniform(-options.brightness, options.brightness);
  const contrast = 1 + random.uniform(-options.contrast, options.contrast);
  const largest = Math.log(1 + options.gamma);
  const gamma = Math.exp(random.uniform(-largest, largest));
  const hole = Math.round(random.uniform(0, options.cutOut) * side);
  const place = (): [number, number] => {
    const first = Math.floor(random.next() * (side - hole + 1));
    return [first, first + hole - 1];
  };
  return { blur, brightness, contrast, gamma, noise, rows: place(), columns: place() };
}

/** Whether anything is switched on. */
export function changesIntensity({ blur, brightness, contrast, gamma, noise, cutOut }: IntensityOptions): boolean {
  return [blur, brightness, contrast, gamma, noise, cutOut].some((strength) => strength > 0);
}

/**
 * Changes the values of normalised images [batch, height, width, channels] on the device, each by its own draw: blur,
 * brightness, contrast, gamma, noise, then the hole. The input is not disposed.
 */
export function changeIntensity(images: Tensor4D, draws: readonly Intensity[], options: IntensityOptions): Tensor4D {
  const each = (pick: (draw: Intensity) => number) => tensor4d(draws.map(pick), [draws.length, 1, 1, 1]);
  return tidy(() => {
    let changed: Tensor = images;
    if (options.blur > 0) changed = blurred(changed, draws, Math.ceil(3 * options.blur));
    if (options.brightness > 0)
      changed = add(
        changed,
        each(({ brightness }) => brightness),
      );
    if (options.contrast > 0) {
      const middle = mean(changed, [1, 2], true);
      changed = add(
        mul(
          sub(changed, middle),
          each(({ contrast }) => contrast),
        ),
        middle,
      );
    }
    if (options.gamma > 0) {
      const lowest = min(changed, [1, 2], true);
      const range = maximum(sub(max(changed, [1, 2], true), lowest), 1e-6);
      const curved = pow(
        div(sub(changed, lowest), range),
        each(({ gamma }) => gamma),
      );
      changed = add(mul(curved, range), lowest);
    }
    if (options.noise > 0) changed = add(changed, noiseOf(draws, images.shape));
    if (options.cutOut > 0) changed = mul(changed, outside(draws, images.shape));
    return (changed === images ? images.clone() : changed) as Tensor4D; // of the images' shape
  });
}

/** Gaussian noise for each image, [batch, height, width, channels]. */
function noiseOf(draws: readonly Intensity[], [, height, width, channels]: Tensor4D["shape"]): Tensor {
  const size: [number, number, number, number] = [1, height, width, channels];
  return concat(
    draws.map(({ noise: { deviation, seed } }) => mul(randomNormal(size, 0, 1, "float32", seed), deviation)),
  );
}

/** 0 in the hole of each image and 1 elsewhere, [batch, height, width, 1]. */
function outside(draws: readonly Intensity[], [batch, height, width]: Tensor4D["shape"]): Tensor {
  const within = (length: number, rangeOf: (draw: Intensity) => readonly [number, number]) =>
    draws.flatMap((draw) => {
      const [first, last] = rangeOf(draw);
      return Array.from({ length }, (_, i) => Number(i >= first && i <= last));
    });
  const rows = tensor4d(
    within(height, (draw) => draw.rows),
    [batch, height, 1, 1],
  );
  const columns = tensor4d(
    within(width, (draw) => draw.columns),
    [batch, 1, width, 1],
  );
  return sub(1, mul(rows, columns));
}

/** A Gaussian blur along rows, then along columns, mirrored at the edges, with weights up to `radius` pixels away. */
function blurred(images: Tensor, draws: readonly Intensity[], radius: number): Tensor {
  const weights = draws.map(({ blur }) => gaussian(blur, radius));
  const along = (axis: 1 | 2, source: Tensor) => {
    const margin: [number, number] = [radius, radius];
    const none: [number, number] = [0, 0];
    const padded = mirrorPad(source, [none, axis === 1 ? margin : none, axis === 2 ? margin : none, none], "symmetric");
    return Array.from({ length: 2 * radius + 1 }, (_, k) => {
      const begin = [0, axis === 1 ? k : 0, axis === 2 ? k : 0, 0];
      const weight = tensor4d(
        weights.map((of) => of[k] as number), // one for each
        [draws.length, 1, 1, 1],
      );
      return mul(slice(padded, begin, source.shape), weight);
    }).reduce((total, term) => add(total, term));
  };
  return along(2, along(1, images));
}

/** Weights from −radius to radius that add up to 1; the middle alone where sigma is 0. */
function gaussian(sigma: number, radius: number): number[] {
  const heights = Array.from({ length: 2 * radius + 1 }, (_, k) =>
    sigma < 0.05 ? Number(k === radius) : Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = heights.reduce((sum, height) => sum + height, 0);
  return heights.map((height) => height / total);
}
