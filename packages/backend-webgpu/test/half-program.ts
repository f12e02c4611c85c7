import { webgpu } from "@em-stellar/backend-webgpu";
import { conv2dTranspose, fused, grads, memory, type Tensor4D, tensor1d, tensor4d } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers gradients
import { eachTap, outputOf, type Window } from "../../kernels/src/testing/window.js";

/*
 * Convolutions and their gradients in half precision, beside sums in double precision of what float16 holds exactly. Prints how
 * far each is from them, as a share of what adding up in float32 may lose.
 */
const device = await webgpu({ allowSoftware: true, tune: false, precision: "mixed-float16" }).start();
const { description, details } = device;
console.log(JSON.stringify({ description, details }));

/** Odd multiples of 2⁻¹⁰ in (-1, 1), times a power of two: numbers of float16 before they are multiplied. */
function values(size: number, seed: number, factor = 1): Float64Array {
  let state = (seed * 2654435761) >>> 0;
  return Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((2 * (state >>> 22) + 1) / 2 ** 10 - 1) * factor;
  });
}

const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

/** Sums with, of each, the sum of magnitudes and the number of its terms. */
class Sums {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
  readonly terms: Int32Array;

  constructor(size: number) {
    [this.values, this.magnitudes, this.terms] = [new Float64Array(size), new Float64Array(size), new Int32Array(size)];
  }

  add(at: number, term: number): void {
    this.values[at] = (this.values[at] as number) + term;
    this.magnitudes[at] = (this.magnitudes[at] as number) + Math.abs(term);
    this.terms[at] = (this.terms[at] as number) + 1;
  }

  /** The largest error, as a share of what float32 may lose: a bit of the magnitudes for each term, for tensor cores cut off. */
  error(seen: ArrayLike<number>): number {
    let largest = seen.length === this.values.length ? 0 : Number.POSITIVE_INFINITY;
    for (const [i, value] of this.values.entries()) {
      const allowed = (this.magnitudes[i] as number) * ((this.terms[i] as number) + 2) * 2 ** -23;
      const error = Math.abs((seen[i] as number) - value);
      if (error > 0 || Number.isNaN(error)) largest = Math.max(largest, error / allowed);
    }
    return largest;
  }
}

interface Case {
  readonly image: readonly [number, number, number];
  readonly channels: readonly [number, number];
  readonly window: Window;
  readonly isTransposedToo?: true;
}

const same = "same";
const three: Window = { height: 3, width: 3, stride: 1, pad: same };
const cases: readonly Case[] = [
  { image: [2, 9, 11], channels: [12, 20], window: three, isTransposedToo: true },
  { image: [1, 13, 10], channels: [7, 5], window: { ...three, stride: 2 }, isTransposedToo: true },
  { image: [1, 6, 35], channels: [4, 136], window: { ...three, height: 2, width: 2 } },
  { image: [1, 8, 8], channels: [64, 64], window: three },
  { image: [2, 7, 9], channels: [1, 16], window: three },
  { image: [1, 12, 12], channels: [16, 1], window: { ...three, height: 1, width: 1 } },
  { image: [1, 1, 1], channels: [1, 1], window: { ...three, height: 1, width: 1 } },
  { image: [1, 70, 66], channels: [8, 4], window: { ...three, pad: "valid" } }, // whose filter gradient is split
];

/** Gradients of a mean over pixels are tiny; the largest make any infinite that were not scaled. */
const magnitudes = { "of 1": 1, "of 1e-9": 2 ** -30, "of 1e-27": 2 ** -90, "of 1e6": 2 ** 20 };

for (const { image, channels, window, isTransposedToo } of cases) {
  const [inChannels, outChannels] = channels;
  const xShape = [...image, inChannels] as [number, number, number, number];
  const filterShape = [window.height, window.width, inChannels, outChannels] as const;
  const yShape = [...outputOf(xShape, window), outChannels] as [number, number, number, number];
  const name = `${xShape.join("x")} to ${outChannels}, ${window.height}x${window.width}, stride ${window.stride}`;
  const [x, filter, bias] = [values(size(xShape), 1), values(size(filterShape), 2), values(outChannels, 3)];

  const eachProduct = (use: (y: number, x: number, filter: number) => void) =>
    eachTap(xShape, window, (output, tap, input) => {
      for (let i = 0; i < inChannels; i++)
        for (let o = 0; o < outChannels; o++)
          use(output * outChannels + o, input * inChannels + i, (tap * inChannels + i) * outChannels + o);
    });
  const at = (array: Float64Array, i: number) => array[i] as number;
  const y = new Sums(size(yShape));
  for (let i = 0; i < y.values.length; i++) y.add(i, at(bias, i % outChannels));
  eachProduct((toY, toX, toFilter) => y.add(toY, at(x, toX) * at(filter, toFilter)));
  for (const [i, value] of y.values.entries()) y.values[i] = Math.max(0, value);

  const { numTensors } = memory();
  const images = tensor4d(Float32Array.from(x), xShape);
  const weights = tensor4d(Float32Array.from(filter), [...filterShape]);
  const shift = tensor1d(Float32Array.from(bias));
  const { stride: strides, pad } = window;
  const seen = fused.conv2d({ x: images, filter: weights, strides, pad, bias: shift, activation: "relu" });
  console.log(JSON.stringify({ name: `${name}: with bias and ReLU`, error: y.error(await seen.data()) }));
  const gradientsOf = grads((a, b) => fused.conv2d({ x: a as Tensor4D, filter: b as Tensor4D, strides, pad }));
  for (const [title, factor] of Object.entries(magnitudes)) {
    const dy = values(size(yShape), 4, factor);
    const dx = new Sums(x.length);
    const dFilter = new Sums(filter.length);
    eachProduct((toY, toX, toFilter) => {
      dx.add(toX, at(dy, toY) * at(filter, toFilter));
      dFilter.add(toFilter, at(dy, toY) * at(x, toX));
    });
    const given = tensor4d(Float32Array.from(dy), yShape);
    const [toImages, toWeights] = gradientsOf([images, weights], given) as [Tensor4D, Tensor4D];
    console.log(JSON.stringify({ name: `${name}: to the input ${title}`, error: dx.error(await toImages.data()) }));
    console.log(
      JSON.stringify({ name: `${name}: to the filter ${title}`, error: dFilter.error(await toWeights.data()) }),
    );
    for (const tensor of [given, toImages, toWeights]) tensor.dispose();
  }
  if (isTransposedToo) {
    const [from, dy] = [values(size(yShape), 4), values(x.length, 1, 2 ** -30)];
    const toFrom = new Sums(from.length);
    const toFilter = new Sums(filter.length);
    eachProduct((y, x, filterAt) => {
      toFrom.add(y, at(dy, x) * at(filter, filterAt));
      toFilter.add(filterAt, at(dy, x) * at(from, y));
    });
    const [small, given] = [tensor4d(Float32Array.from(from), yShape), tensor4d(Float32Array.from(dy), xShape)];
    const found = grads((a, b) => conv2dTranspose(a as Tensor4D, b as Tensor4D, xShape, strides, pad))(
      [small, weights],
      given,
    );
    for (const [i, sums] of [toFrom, toFilter].entries()) {
      const error = sums.error(await (found[i] as Tensor4D).data());
      console.log(
        JSON.stringify({ name: `${name}: transposed, to the ${i === 0 ? "input" : "filter"} of 1e-9`, error }),
      );
    }
    for (const tensor of [small, given, ...found]) tensor.dispose();
  }
  for (const tensor of [images, weights, shift, seen]) tensor.dispose();
  if (memory().numTensors !== numTensors) throw new Error(`${name} leaves tensors behind`);
}

/** A number between two of float16, which takes either for it. */
const between = fused.conv2d({
  x: tensor4d([1 + 2 ** -12], [1, 1, 1, 1]),
  filter: tensor4d([1], [1, 1, 1, 1]),
  strides: 1,
  pad: same,
});

/** Of a row of five pixels under a filter of three, from so many gradients: which elements are numbers, as 1 and 0. */
async function isNumber(dy: readonly number[]): Promise<string> {
  const gradientsOf = grads((a, b) => fused.conv2d({ x: a as Tensor4D, filter: b as Tensor4D, strides: 1, pad: same }));
  const images = tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1]);
  const found = gradientsOf([images, tensor4d([1, 10, 100], [1, 3, 1, 1])], tensor4d([...dy], [1, 1, 5, 1]));
  const seen = await Promise.all(found.map((tensor) => tensor.data()));
  return seen.map((each) => [...each].map((value) => (Number.isFinite(value) ? 1 : 0)).join("")).join(" ");
}
const zeros = grads((a, b) => fused.conv2d({ x: a as Tensor4D, filter: b as Tensor4D, strides: 1, pad: same }))(
  [tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1]), tensor4d([1, 10, 100], [1, 3, 1, 1])],
  tensor4d([0, 0, 0, 0, 0], [1, 1, 5, 1]),
);
console.log(
  JSON.stringify({
    between: [...(await between.data())],
    ofZeros: (await Promise.all(zeros.map((tensor) => tensor.data()))).map((each) => [...each]),
    ofNaN: await isNumber([1, Number.NaN, 1, 1, 1]),
    ofInfinity: await isNumber([1, 1, 1, 1, Number.POSITIVE_INFINITY]),
    again: await isNumber([1, 1, 1, 1, 1]),
  }),
);
await device.dispose();
