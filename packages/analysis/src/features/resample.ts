import { avgPool, matMul, reshape, type Tensor4D, tensor2d, tidy, transpose } from "@tensorflow/tfjs-core";

/** Rows and columns of a picture. */
export interface GridSize {
  readonly height: number;
  readonly width: number;
}

/**
 * Maps [1, height, width, channels] at another size: each value is the mean over its share of the area, pixels that lie
 * across an edge counted by their part. Where the new size is larger, this repeats pixels.
 */
export function resample(maps: Tensor4D, { height, width }: GridSize): Tensor4D {
  const [batch, rows, columns, channels] = maps.shape;
  if (rows % height === 0 && columns % width === 0) {
    const share: [number, number] = [rows / height, columns / width];
    return share[0] * share[1] === 1 ? maps.clone() : avgPool(maps, share, share, "valid");
  }
  return tidy(() => {
    const shorter = matMul(areas(height, rows), reshape(maps, [rows, columns * channels]));
    const turned = reshape(transpose(reshape(shorter, [height, columns, channels]), [1, 0, 2]), [columns, -1]);
    const both = reshape(matMul(areas(width, columns), turned), [width, height, channels]);
    return reshape(transpose(both, [1, 0, 2]), [batch, height, width, channels]);
  });
}

/** [to, from]: the share of each old pixel in each new one; rows sum to 1. */
function areas(to: number, from: number) {
  const shares = new Float32Array(to * from);
  const length = from / to;
  for (let i = 0; i < to; i++) {
    const [start, end] = [i * length, (i + 1) * length];
    for (let j = Math.floor(start); j < Math.min(from, Math.ceil(end)); j++) {
      shares[i * from + j] = Math.max(0, Math.min(end, j + 1) - Math.max(start, j)) / length;
    }
  }
  return tensor2d(shares, [to, from]);
}
