import { webgpu } from "@em-stellar/backend-webgpu";
import { backend, type TensorInfo, tensor } from "@tensorflow/tfjs-core";
import { requestAdapter } from "../src/adapter.js";
import { openCompute } from "../src/compute.js";
import { chooseUnit } from "../src/convolution/choose-unit.js";
import { filterGradientProduct } from "../src/convolution/filter-gradient.js";
import { forwardProduct } from "../src/convolution/forward.js";
import { type Geometry, geometryOf } from "../src/convolution/geometry.js";
import { gradientScales } from "../src/convolution/gradient-scale.js";
import { inputGradientProduct } from "../src/convolution/input-gradient.js";
import { type Product, productShader } from "../src/convolution/product.js";
import { tileName, tiles, tilesOf } from "../src/convolution/tile.js";
import {
  type UpGeometry,
  upFilterGradientProduct,
  upInputGradientProduct,
  upProduct,
} from "../src/convolution/up-convolution.js";
import { openGpu } from "../src/open-gpu.js";

// Runs every product with every tile in a precision, and prints how far each is from sums in double precision, as a share of
// the largest; in half precision also with tiles for tensor cores where the adapter has some.
const [precision] = process.argv.slice(2) as ["float32" | "mixed-float16"];
const half = precision === "mixed-float16";
const device = await webgpu({ allowSoftware: true, tune: false, precision }).start();
const compute = await openCompute(backend());
const scaleOf = gradientScales(compute);
const { info } = await requestAdapter((await openGpu(precision)).gpu, true); // a device tells less
const unit = half ? chooseUnit(info, compute.features) : "not in single precision";
console.log(JSON.stringify({ description: device.description, unit }));
const all = [...tiles, ...(typeof unit === "string" ? [] : tilesOf(unit))];

/** Numbers that float16 holds too. */
const values = (size: number, seed: number) =>
  Float32Array.from({ length: size }, (_, i) => Math.round(1024 * Math.sin(12.9898 * (i + 1) + seed)) / 1024);

/** Calls `use` for each product of an element of x and one of the filter that goes into an element of y. */
function eachProduct(geometry: Geometry, use: (y: number, x: number, filter: number) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = geometry;
  for (let image = 0; image < batchSize; image++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++)
        for (let r = 0; r < filterHeight; r++)
          for (let c = 0; c < filterWidth; c++) {
            const [y, x] = [row * strideHeight + r - top, column * strideWidth + c - left];
            if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue;
            for (let i = 0; i < inChannels; i++)
              for (let o = 0; o < outChannels; o++)
                use(
                  ((image * outHeight + row) * outWidth + column) * outChannels + o,
                  ((image * inHeight + y) * inWidth + x) * inChannels + i,
                  ((r * filterWidth + c) * inChannels + i) * outChannels + o,
                );
          }
}

/** Runs a product with every tile; `place` is that of its result among the buffers. */
async function check(
  what: string,
  product: Product,
  given: readonly Float32Array[],
  place: number,
  expected: Float64Array,
): Promise<void> {
  for (const tile of all) {
    const result = compute.output([product.parts, expected.length]);
    const buffers: TensorInfo[] = given.map((each) => tensor(each));
    buffers.splice(place, 0, result);
    const gradient = buffers[product.gradient === "left" ? 0 : 1] as TensorInfo; // two are given at least
    if (half && product.gradient) buffers.push(scaleOf(gradient));
    compute.run(productShader(product, tile, half), buffers);
    const seen = (await backend().read(result.dataId)) as Float32Array;
    let [error, largest] = [0, 0];
    for (const [i, value] of expected.entries()) {
      let sum = 0;
      for (let part = 0; part < product.parts; part++) sum += seen[part * expected.length + i] as number;
      error = Math.max(error, Math.abs(sum - value));
      largest = Math.max(largest, Math.abs(value));
    }
    console.log(JSON.stringify({ name: `${product.name}, ${what}`, tile: tileName(tile), error: error / largest }));
  }
}

/** Not a whole number of any tile; channels in vectors and not; padding on all sides. */
const shapes = [
  { x: [2, 9, 11, 12], channels: 20, side: 3, stride: 1 },
  { x: [1, 13, 10, 7], channels: 5, side: 3, stride: 2 },
  { x: [1, 6, 35, 4], channels: 136, side: 2, stride: 1 },
] as const;

for (const { x: xShape, channels, side, stride } of shapes) {
  const filterShape = [side, side, xShape[3], channels];
  const geometry = geometryOf(xShape, filterShape, { strides: stride, pad: "same" }) as Geometry;
  const size = (shape: readonly number[]) => shape.reduce((product, each) => product * each, 1);
  const x = values(size(xShape), 1);
  const filter = values(size(filterShape), 2);
  const bias = values(channels, 3);
  const dy = values(size(geometry.outShape), 4);

  const y = Float64Array.from(dy, (_, i) => bias[i % channels] as number);
  const dx = new Float64Array(x.length);
  const dFilter = new Float64Array(filter.length);
  eachProduct(geometry, (toY, toX, toFilter) => {
    y[toY] = (y[toY] as number) + (x[toX] as number) * (filter[toFilter] as number);
    dx[toX] = (dx[toX] as number) + (dy[toY] as number) * (filter[toFilter] as number);
    dFilter[toFilter] = (dFilter[toFilter] as number) + (dy[toY] as number) * (x[toX] as number);
  });
  const relu = y.map((value) => Math.max(0, value));
  const taps = side * side;
  const exchanged = Float32Array.from({ length: filter.length }, (_, i) => {
    const [tap, rest] = [Math.floor(i / (channels * xShape[3])), i % (channels * xShape[3])];
    return filter[(tap * xShape[3] + (rest % xShape[3])) * channels + Math.floor(rest / xShape[3])] as number;
  });
  if (exchanged.length !== taps * xShape[3] * channels) throw new Error("an element is missing");

  const what = `${xShape.join("x")} to ${channels}, stride ${stride}`;
  await check(what, forwardProduct(geometry, { bias: true, relu: true }), [x, filter, bias], 2, relu);
  await check(what, inputGradientProduct(geometry), [dy, exchanged], 2, dx);
  await check(what, filterGradientProduct(geometry, 3), [x, dy], 2, dFilter);
}

/** Likewise of up-convolutions, which are in single precision only; with more channels than a piece of any tile has. */
const upGeometries: readonly UpGeometry[] = [
  { images: 2, height: 5, width: 7, inChannels: 36, outChannels: 20 },
  { images: 1, height: 9, width: 6, inChannels: 7, outChannels: 5 },
  { images: 1, height: 1, width: 17, inChannels: 4, outChannels: 136 },
];

for (const up of half ? [] : upGeometries) {
  const { images, height, width, inChannels, outChannels } = up;
  const filterShape = [2, 2, inChannels, outChannels] as const;
  const enlarged = geometryOf([images, 2 * height, 2 * width, inChannels], filterShape, {
    strides: 1,
    pad: "same",
  }) as Geometry;
  const taps = inChannels * outChannels;
  const x = values(images * height * width * inChannels, 1);
  const filter = values(4 * taps, 2);
  const bias = values(outChannels, 3);
  const dy = values(4 * images * height * width * outChannels, 4);

  const y = Float64Array.from(dy, (_, i) => bias[i % outChannels] as number);
  const dx = new Float64Array(x.length);
  const dFilter = new Float64Array(filter.length);
  eachProduct(enlarged, (toY, toEnlarged, toFilter) => {
    const [pixel, channel] = [Math.floor(toEnlarged / inChannels), toEnlarged % inChannels];
    const [row, column] = [Math.floor(pixel / (2 * width)), pixel % (2 * width)]; // of all images together
    const toX = ((row >> 1) * width + (column >> 1)) * inChannels + channel;
    y[toY] = (y[toY] as number) + (x[toX] as number) * (filter[toFilter] as number);
    dx[toX] = (dx[toX] as number) + (dy[toY] as number) * (filter[toFilter] as number);
    dFilter[toFilter] = (dFilter[toFilter] as number) + (dy[toY] as number) * (x[toX] as number);
  });
  const relu = y.map((value) => Math.max(0, value));
  // As the four stages weigh the taps: all of them, the right ones, the lower ones, the last.
  const [sums, dStages] = [new Float32Array(filter.length), new Float64Array(filter.length)];
  for (let i = 0; i < inChannels; i++)
    for (let o = 0; o < outChannels; o++) {
      const at = (array: ArrayLike<number>, tap: number) => array[tap * taps + i * outChannels + o] as number;
      const [w0, w1, w2, w3] = [0, 1, 2, 3].map((tap) => at(filter, tap)) as [number, number, number, number];
      const weights = [w0 + w1 + w2 + w3, w1 + w3, w2 + w3, w3];
      const [d0, d1, d2, d3] = [0, 1, 2, 3].map((tap) => at(dFilter, tap)) as [number, number, number, number];
      const gradients = [d0, d1 - d0, d2 - d0, d3 - d2 - d1 + d0];
      for (let stage = 0; stage < 4; stage++) {
        sums[(stage * outChannels + o) * inChannels + i] = weights[stage] as number;
        dStages[(i * 4 + stage) * outChannels + o] = gradients[stage] as number;
      }
    }
  const what = `${images}x${height}x${width}x${inChannels} to ${outChannels}`;
  await check(what, upProduct(up, { bias: true, relu: true }), [x, filter, bias], 2, relu);
  await check(what, upInputGradientProduct(up), [dy, sums], 2, dx);
  await check(what, upFilterGradientProduct(up, 3), [x, dy], 2, dStages);
}
await device.dispose();
