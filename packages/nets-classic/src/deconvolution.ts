import type { PixelWindow } from "@em-stellar/core/training";
import {
  add,
  concat,
  customGrad,
  matMul,
  pad,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
  zerosLike,
} from "@tensorflow/tfjs-core";

/** What makes a deconvolution that enlarges `scale` times with a kernel of `size` × `size` taps, `dilation` pixels apart. */
export interface DeconvolutionShape {
  readonly size: number;
  readonly scale: number;
  readonly dilation: number;
}

/** Where one row (or column) of taps writes: output `scale · position + phase` reads input `position + offset`. */
interface Tap {
  readonly phase: number;
  readonly offset: number;
}

/** Why such a deconvolution cannot enlarge exactly `scale` times; undefined if it can. */
export function deconvolutionProblem(shape: DeconvolutionShape): string | undefined {
  const { size, scale, dilation } = shape;
  const what = `A kernel of ${size} × ${size} taps, ${dilation} apart, cannot enlarge ${scale} times`;
  const padding = paddingOf(shape);
  if (!(Number.isInteger(padding) && padding >= 0)) {
    return `${what}: half of ${dilation} · (${size} − 1) + 1 − ${scale} must be a whole number from 0 on. With 1 apart, ${2 * scale} taps can.`;
  }
  if (new Set(tapsOf(shape).map(({ phase }) => phase)).size < scale) {
    return `${what}: some pixels would be under no tap. With 1 apart, ${2 * scale} taps can.`;
  }
  return undefined;
}

/**
 * The transposed convolution of `x` [batch, height, width, channels] with a dilated `kernel` [size, size, filters, channels]:
 * [batch, scale · height, scale · width, filters]. tfjs has none (its transposed convolution takes no dilation, and a dilated
 * convolution cannot be trained), so: one product of all pixels with all taps at the small size, whose parts are then shifted
 * to where they belong. Gradients flow to both.
 */
export function dilatedDeconvolution(x: Tensor4D, kernel: Tensor4D, shape: DeconvolutionShape): Tensor4D {
  const taps = tapsOf(shape);
  const operation = customGrad((...args) => {
    // tfjs types neither the inputs nor the function that saves them for the gradient.
    const [image, weights, save] = args as unknown as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
    save([image, weights]);
    const value = tidy(() => {
      const products = matMul(pixels(image), matrix(weights), false, true);
      const [batch, height, width] = image.shape;
      return scatter(reshape(products, [batch, height, width, -1]), taps, shape.scale);
    });
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [input, filter] = saved as [Tensor4D, Tensor4D];
      return tidy(() => {
        const parts = pixels(gather(dy as Tensor4D, taps, shape.scale));
        const dx = reshape(matMul(parts, matrix(filter)), input.shape);
        const dw = reshape(matMul(parts, pixels(input), true), filter.shape);
        return [dx, dw];
      });
    };
    return { value, gradFunc };
  });
  return operation(x, kernel) as Tensor4D;
}

/** Which input pixels an output pixel is made of: output pixel `scale · i + dilation · tap − padding` has a part of input pixel i. */
export function deconvolutionWindow(shape: DeconvolutionShape): PixelWindow {
  const { size, scale, dilation } = shape;
  const padding = paddingOf(shape);
  return { stride: 1 / scale, first: (padding - dilation * (size - 1)) / scale, last: padding / scale };
}

/** Pixels cut off at each edge, so that the output is exactly `scale` times the input. */
function paddingOf({ size, scale, dilation }: DeconvolutionShape): number {
  return (dilation * (size - 1) + 1 - scale) / 2;
}

function tapsOf(shape: DeconvolutionShape): Tap[] {
  const { size, scale, dilation } = shape;
  const padding = paddingOf(shape);
  return Array.from({ length: size }, (_, tap) => {
    const shift = dilation * tap - padding; // of the output, which is scale · input + shift
    const phase = ((shift % scale) + scale) % scale;
    return { phase, offset: (phase - shift) / scale };
  });
}

function pixels(image: Tensor): Tensor2D {
  return reshape(image, [-1, image.shape.at(-1) as number]);
}

function matrix(kernel: Tensor4D): Tensor2D {
  return reshape(kernel, [-1, kernel.shape[3]]);
}

/** Products [batch, height, width, tap row · tap column · filter] to the image that they add up to. */
function scatter(products: Tensor4D, taps: readonly Tap[], scale: number): Tensor4D {
  const [batch, height, width, depth] = products.shape;
  const filters = depth / taps.length ** 2;
  const rows = phases(products, taps, scale, 1);
  // In memory, the rows of one input row follow each other, and so do the columns of one input column.
  const tall = reshape(concat(rows, 2), [batch, scale * height, width, taps.length * filters]) as Tensor4D;
  const columns = phases(tall, taps, scale, 2);
  return reshape(concat(columns, 3), [batch, scale * height, scale * width, filters]) as Tensor4D;
}

/** For each phase, the sum of what its taps (equal parts of the last axis) bring there along `axis`. */
function phases(parts: Tensor4D, taps: readonly Tap[], scale: number, axis: 1 | 2): Tensor4D[] {
  const depth = parts.shape[3] / taps.length;
  const brought = taps.map(({ offset }, index) =>
    shifted(slice(parts, [0, 0, 0, index * depth], [-1, -1, -1, depth]), axis, offset),
  );
  return Array.from({ length: scale }, (_, phase) =>
    brought.filter((_, index) => taps[index]?.phase === phase).reduce((sum, part) => add(sum, part)),
  );
}

/** The transpose of {@link scatter}: the gradient of the image to that of the products. */
function gather(dy: Tensor4D, taps: readonly Tap[], scale: number): Tensor4D {
  const [batch, tall, wide, filters] = dy.shape;
  const [height, width] = [tall / scale, wide / scale];
  const byColumn = reshape(dy, [batch, tall, width, scale * filters]) as Tensor4D;
  const columns = taps.map(({ phase, offset }) =>
    shifted(slice(byColumn, [0, 0, 0, phase * filters], [-1, -1, -1, filters]), 2, -offset),
  );
  const depth = taps.length * filters;
  const byRow = reshape(concat(columns, 3), [batch, height, scale * width, depth]) as Tensor4D;
  const rows = taps.map(({ phase, offset }) =>
    shifted(slice(byRow, [0, 0, phase * width, 0], [-1, -1, width, -1]), 1, -offset),
  );
  return concat(rows, 3);
}

/** What stands `offset` further along the axis, zeros beyond the edge. */
function shifted(x: Tensor4D, axis: 1 | 2, offset: number): Tensor4D {
  const side = x.shape[axis];
  const kept = side - Math.abs(offset);
  if (offset === 0) return x;
  if (kept <= 0) return zerosLike(x);
  const at = (value: number, others: number) => [0, 1, 2, 3].map((each) => (each === axis ? value : others));
  const inside = slice(x, at(Math.max(0, offset), 0) as Corner, at(kept, -1) as Corner);
  const [before, after] = [Math.max(0, -offset), Math.max(0, offset)];
  return pad(
    inside,
    [0, 1, 2, 3].map((each) => (each === axis ? [before, after] : [0, 0]) as [number, number]),
  );
}

type Corner = [number, number, number, number];
