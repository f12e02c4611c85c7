import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import { filterGradientProduct } from "./filter-gradient.js";
import { forwardProduct } from "./forward.js";
import { type Geometry, geometryOf } from "./geometry.js";
import type { Half } from "./half.js";
import { productShader } from "./product.js";
import type { Tile } from "./tile.js";

/** Sides of the matrices, none a whole number of tiles. */
const [pixels, inChannels, outChannels] = [75, 44, 36];

/** Of x, what must not pass for a number: what is beyond float16's range, and what is none. */
const spoilt: ReadonlyMap<number, number> = new Map([
  [3, 1e6],
  [70, Number.NaN],
]);

/**
 * Multiplies matrices in half precision, of which no sum is rounded, with each of the tiles: in the way of convolutions and in
 * that of their filter gradients. Says of each what is wrong, in words: drivers differ in what they make of float16, and
 * few have been tried with subgroup matrices.
 */
export async function checkHalf(
  compute: Compute,
  backend: KernelBackend,
  scaleOf: Half["scaleOf"],
  tiles: readonly Tile[],
): Promise<(string | undefined)[]> {
  const geometry = geometryOf([1, 1, pixels, inChannels], [1, 1, inChannels, outChannels], {
    strides: 1,
    pad: "valid",
  }) as Geometry; // not dilated
  const kept: TensorInfo[] = [];
  const upload = (values: Float32Array): TensorInfo => {
    const shape = [values.length];
    const tensor = { dataId: backend.write(values, shape, "float32"), shape, dtype: "float32" as const };
    kept.push(tensor);
    return tensor;
  };
  const x = Float32Array.from({ length: pixels * inChannels }, (_, i) => ((i * 7) % 13) - 6);
  const filter = Float32Array.from({ length: inChannels * outChannels }, (_, i) => ((i * 5) % 11) - 4.5);
  const tiny = 2 ** -80; // far below the least number of float16
  const dy = Float32Array.from({ length: pixels * outChannels }, (_, i) => (((i * 3) % 17) - 8) * tiny);
  const y = product(x, filter, pixels);
  const dFilter = product(transpose(x, inChannels), dy, inChannels);
  const spoiltX = x.slice();
  for (const [pixel, value] of spoilt) spoiltX[pixel * inChannels] = value;
  const given = { x: upload(x), spoiltX: upload(spoiltX), filter: upload(filter), dy: upload(dy) };

  const shaders = tiles.map((tile) => ({
    forward: productShader(forwardProduct(geometry, { bias: false, relu: false }), tile, true),
    backward: productShader(filterGradientProduct(geometry, 1), tile, true),
  }));
  const refusals = await Promise.all(
    shaders.map(async ({ forward, backward }) => {
      const [first, second] = await Promise.all([forward, backward].map(compute.tryCompiling));
      return first ?? second;
    }),
  );
  const check = async ({ forward, backward }: (typeof shaders)[number]): Promise<string | undefined> => {
    const results = [compute.output([y.length]), compute.output([dFilter.length])] as const;
    try {
      compute.run(forward, [given.spoiltX, given.filter, results[0]]);
      compute.run(backward, [given.x, given.dy, results[1], scaleOf(given.dy)]);
      const [seenY, seenFilter] = (await Promise.all(results.map(({ dataId }) => backend.read(dataId)))) as [
        Float32Array,
        Float32Array,
      ]; // two in float32
      for (const [place, value] of seenY.entries()) {
        if (spoilt.has(Math.floor(place / outChannels))) {
          if (Number.isFinite(value)) return "it makes numbers of what is beyond float16, or of NaN";
        } else if (value !== y[place]) return "it multiplies wrongly";
      }
      return seenFilter.every((value, place) => value === dFilter[place])
        ? undefined
        : "it multiplies gradients wrongly";
    } finally {
      for (const { dataId } of results) backend.disposeData(dataId);
    }
  };
  try {
    const problems: (string | undefined)[] = [];
    for (const [i, refusal] of refusals.entries()) {
      problems.push(
        refusal === undefined
          ? await check(shaders[i] as (typeof shaders)[number]) // as many as refusals
          : `its compiler refuses the shader (${refusal})`,
      );
    }
    return problems;
  } finally {
    for (const { dataId } of kept) backend.disposeData(dataId);
  }
}

/** Left, of so many rows, × right, of `outChannels` columns. */
function product(left: Float32Array, right: Float32Array, rows: number): Float64Array {
  const terms = right.length / outChannels;
  const result = new Float64Array(rows * outChannels);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < outChannels; column++) {
      let sum = 0;
      for (let k = 0; k < terms; k++)
        sum += (left[row * terms + k] as number) * (right[k * outChannels + column] as number);
      result[row * outChannels + column] = sum;
    }
  return result;
}

function transpose(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
}
