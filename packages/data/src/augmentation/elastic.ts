import type { Random } from "@em-stellar/core";
import {
  abs,
  add,
  cast,
  clipByValue,
  concat,
  floor,
  gather,
  greaterEqual,
  lessEqual,
  logicalAnd,
  matMul,
  mul,
  reshape,
  scalar,
  sub,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
} from "@tensorflow/tfjs-core";

/** How strongly patches are deformed; 0 switches it off. */
export interface ElasticOptions {
  /** Largest standard deviation, in pixels, of the displacements of a 3 × 3 grid over the patch; each patch draws its own up to this. */
  readonly elastic: number;
}

/** The displacements of one patch, in pixels: of a grid of 3 × 3 points, row by row, from its corners to its corners. */
export interface Elastic {
  /** How far down each point takes its value from. */
  readonly rows: readonly number[];
  /** How far right. */
  readonly columns: readonly number[];
}

/** Draws the deformation of a patch. Takes 37 numbers from `random`, whatever is switched off. */
export function drawElastic(random: Random, { elastic }: ElasticOptions): Elastic {
  const deviation = random.uniform(0, elastic);
  const points = () => Array.from({ length: 9 }, () => deviation * random.normal());
  return { rows: points(), columns: points() };
}

/** A batch to deform: images [batch, height, width, channels], masks of 0 and 1 [batch, height, width, 1]. */
export type Deformable = {
  readonly images: Tensor4D;
  readonly masks: Tensor4D;
  /** Other masks of the same form. */
  readonly ignored?: Tensor4D;
};

/**
 * Deforms each image of a batch and its masks alike, on the device, as Ronneberger et al. (2015) do: displacements of a coarse
 * grid, smooth in between (a parabola through each three points, along rows and along columns). Images are interpolated
 * bilinearly; masks take the nearest pixel, so they stay 0 and 1. `fill` says what lies outside. The inputs are not disposed.
 */
export function deform(batch: Deformable, draws: readonly Elastic[], fill: "constant" | "reflect"): Deformable {
  return tidy(() => {
    const [size, height, width] = batch.images.shape;
    const places = {
      y: add(
        displacement(
          draws.map(({ rows }) => rows),
          height,
          width,
        ),
        ramp(height, [1, height, 1]),
      ),
      x: add(
        displacement(
          draws.map(({ columns }) => columns),
          height,
          width,
        ),
        ramp(width, [1, 1, width]),
      ),
    };
    const pixel = pixelsOf(size, height, width, fill);
    const nearest = { y: floor(add(places.y, 0.5)), x: floor(add(places.x, 0.5)) };
    const { images, masks, ignored } = batch;
    return {
      images: bilinear(images, places, pixel),
      masks: pixel(masks, nearest.y, nearest.x),
      ...(ignored && { ignored: pixel(ignored, nearest.y, nearest.x) }),
    };
  });
}

/** Displacements of every pixel [batch, height, width] from those of 3 × 3 points. */
function displacement(points: readonly (readonly number[])[], height: number, width: number): Tensor {
  const grid = tensor3d(points.flat(), [points.length, 3, 3]);
  const repeated = (weights: Tensor) => concat(points.map(() => reshape(weights, [1, ...weights.shape])));
  const [down, across] = [repeated(parabolas(height)), repeated(parabolas(width))];
  return matMul(matMul(down, grid), across, false, true);
}

/** What each of three points, at the ends and in the middle, counts at each of `length` pixels: [length, 3]. */
function parabolas(length: number): Tensor {
  const weights = Array.from({ length }, (_, i) => {
    const t = length === 1 ? 0 : (2 * i) / (length - 1) - 1;
    return [(t * (t - 1)) / 2, 1 - t * t, (t * (t + 1)) / 2];
  });
  return tensor2d(weights);
}

function ramp(length: number, shape: [number, number, number]): Tensor {
  return reshape(tensor1d(Float32Array.from({ length }, (_, i) => i)), shape);
}

type Pixel = (source: Tensor4D, y: Tensor, x: Tensor) => Tensor4D;

/** Reads pixels of a batch at whole coordinates [batch, height, width]; outside are 0 or the mirrored image, dcba|abcd|dcba. */
function pixelsOf(size: number, height: number, width: number, fill: "constant" | "reflect"): Pixel {
  const starts = tensor3d(
    Array.from({ length: size }, (_, i) => i * height * width),
    [size, 1, 1],
    "int32",
  );
  const within = (at: Tensor, length: number) => {
    const low = sub(abs(add(at, 0.5)), 0.5); // −1 becomes 0, −2 becomes 1
    const mirrored = sub(length - 0.5, abs(sub(length - 0.5, low))); // n becomes n − 1
    return cast(clipByValue(fill === "reflect" ? mirrored : at, 0, length - 1), "int32");
  };
  const isInside = (at: Tensor, length: number) => logicalAnd(greaterEqual(at, 0), lessEqual(at, length - 1));
  return (source, y, x) => {
    const place = add(starts, add(mul(within(y, height), scalar(width, "int32")), within(x, width)));
    const channels = source.shape[3];
    const flat = reshape(source, [size * height * width, channels]);
    const read = reshape(gather(flat, reshape(place, [size * height * width])), source.shape);
    if (fill === "reflect") return read as Tensor4D; // of the source's shape
    const inside = cast(logicalAnd(isInside(y, height), isInside(x, width)), "float32");
    return mul(read, reshape(inside, [size, height, width, 1])) as Tensor4D; // of the source's shape
  };
}

/** Values between pixels, of the four around each place. */
function bilinear(source: Tensor4D, { y, x }: { readonly y: Tensor; readonly x: Tensor }, pixel: Pixel): Tensor4D {
  const [top, left] = [floor(y), floor(x)];
  const [, height, width] = source.shape;
  const weight = (part: Tensor) => reshape(part, [source.shape[0], height, width, 1]);
  const [down, right] = [weight(sub(y, top)), weight(sub(x, left))];
  const mixed = (a: Tensor, b: Tensor, share: Tensor) => add(mul(a, sub(1, share)), mul(b, share));
  const row = (at: Tensor) => mixed(pixel(source, at, left), pixel(source, at, add(left, 1)), right);
  return mixed(row(top), row(add(top, 1)), down) as Tensor4D; // of the source's shape
}
