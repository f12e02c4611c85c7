import { image, type Tensor4D } from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import type { Case, Topic } from "./case.js";
import { type Reference, sample } from "./reference.js";

/** Nearest-neighbour resizing written out. */
export function enlarged(x: Reference, [rows, columns]: readonly [number, number]): Reference {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const values: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < rows; row++) {
      const y = Math.floor((row * height) / rows);
      for (let column = 0; column < columns; column++) {
        const from = ((b * height + y) * width + Math.floor((column * width) / columns)) * channels;
        values.push(...x.values.subarray(from, from + channels));
      }
    }
  }
  return { shape: [batch, rows, columns, channels], values: Float64Array.from(values) };
}

function nearestCase(shape: readonly number[], size: readonly [number, number]): Case {
  const x = sample(5, shape);
  return {
    name: `[${shape}] to ${size.join(" × ")}`,
    inputs: [x],
    run: ([a]) => image.resizeNearestNeighbor(a as Tensor4D, [...size]),
    expected: () => enlarged(x, size),
  };
}

function doublingCase(shape: readonly [number, number, number, number]): Case {
  const x = sample(5, shape);
  return {
    name: `[${shape}] by the up-sampling layer`,
    inputs: [x],
    run: ([a]) => layers.upSampling2d({ size: [2, 2] }).apply(a as Tensor4D) as Tensor4D,
    expected: () => enlarged(x, [2 * shape[1], 2 * shape[2]]),
  };
}

export const resizing: Topic = {
  name: "nearest-neighbour resizing",
  cases: [
    doublingCase([2, 12, 13, 8]),
    doublingCase([2, 12, 12, 3]),
    doublingCase([3, 1, 1, 1]),
    doublingCase([1, 1, 7, 5]),
    doublingCase([2, 7, 1, 4]),
    doublingCase([1, 5, 3, 19]),
    nearestCase([2, 3, 4, 5], [9, 8]),
    nearestCase([1, 2, 3, 16], [2, 12]),
    nearestCase([2, 4, 5, 2], [4, 5]),
    nearestCase([1, 3, 5, 2], [7, 4]),
    nearestCase([2, 6, 8, 3], [3, 4]),
    nearestCase([2, 5, 4, 1], [8, 7]),
  ],
};
