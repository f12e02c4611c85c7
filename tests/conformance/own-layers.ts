import { DilatedDeconvolution, MaxPoolWithIndices, MaxUnpool, ObjectProbability } from "@em-stellar/nets-classic";
import { grad, max, mean, min, mul, ones, slice, sub, type Tensor } from "@tensorflow/tfjs-core";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Case, Example, Topic } from "../../packages/kernels/src/testing/case.js";
import { pooled } from "../../packages/kernels/src/testing/pooling.js";
import { apart, fill, type Reference, sample, sizeOf } from "../../packages/kernels/src/testing/reference.js";
import { images, indicesOf, two, unpooled } from "../../packages/kernels/src/testing/unpooling.js";
import { withWeights } from "./own-weights.js";

/** As in a network: a model passes whole numbers on as float32. */
function poolAndUnpoolCase(shape: readonly number[]): Case {
  const x = apart(4, shape);
  return {
    name: `max pooling and un-pooling in a model, [${shape}]`,
    inputs: [x],
    run([a]) {
      const symbol = input({ shape: shape.slice(1) });
      const [maxima, indices] = new MaxPoolWithIndices({}).apply(symbol) as [SymbolicTensor, SymbolicTensor];
      const outputs = new MaxUnpool({}).apply([maxima, indices]) as SymbolicTensor;
      return model({ inputs: symbol, outputs }).apply(a as Tensor) as Tensor;
    },
    expected: () => unpooled(pooled(x, two), indicesOf(x)),
  };
}

interface Deconvolution {
  readonly size: number;
  readonly scale: number;
  readonly dilation: number;
}

/** By its definition: every pixel adds its multiple of the kernel to the output, taps `dilation` apart, and the edges are cut off. */
function deconvolved(
  x: Reference,
  kernel: Reference,
  bias: Reference,
  { size, scale, dilation }: Deconvolution,
): Reference {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const filters = kernel.shape[2] as number;
  const cut = (dilation * (size - 1) + 1 - scale) / 2;
  const shape = [batch, scale * height, scale * width, filters];
  const out = fill(shape, (i) => bias.values[i % filters] as number);
  const [tall, wide] = [scale * height, scale * width];
  for (let pixel = 0; pixel < batch * height * width; pixel++) {
    const [image, y, column] = [
      Math.floor(pixel / (height * width)),
      Math.floor(pixel / width) % height,
      pixel % width,
    ];
    for (let tap = 0; tap < size * size; tap++) {
      const row = scale * y + dilation * Math.floor(tap / size) - cut;
      const across = scale * column + dilation * (tap % size) - cut;
      if (row < 0 || row >= tall || across < 0 || across >= wide) continue;
      for (let f = 0; f < filters; f++) {
        const to = ((image * tall + row) * wide + across) * filters + f;
        for (let c = 0; c < channels; c++) {
          const weight = kernel.values[(tap * filters + f) * channels + c] as number;
          out.values[to] = (out.values[to] as number) + weight * (x.values[pixel * channels + c] as number);
        }
      }
    }
  }
  return out;
}

function deconvolutionCase(shape: readonly number[], filters: number, form: Deconvolution): Case {
  const channels = shape[3] as number;
  const [x, kernel, bias] = [
    sample(1, shape),
    sample(2, [form.size, form.size, filters, channels]),
    sample(3, [filters]),
  ];
  return {
    name: `deconvolution of [${shape}] to ${filters} channels, ${form.scale} times as large, ${form.size} taps, ${form.dilation} apart`,
    inputs: [x, kernel, bias],
    run([a, ...weights]) {
      const layer = new DilatedDeconvolution({ ...form, filters, kernelStart: 0.01, seed: 1 });
      layer.build([...shape]);
      return withWeights(layer, weights).apply(a as Tensor) as Tensor;
    },
    expected: () => deconvolved(x, kernel, bias, form),
  };
}

const objectProbability: Case = {
  name: "probability of the second of two classes",
  inputs: [sample(1, [2, 3, 5, 2])],
  run: ([a]) => new ObjectProbability({}).apply(a as Tensor) as Tensor,
  expected() {
    const { values } = this.inputs[0] as Reference;
    const [e, shape] = [Math.exp, [2, 3, 5, 1]];
    const of = (i: number, c: number) => e(values[2 * i + c] as number);
    return fill(shape, (i) => of(i, 1) / (of(i, 0) + of(i, 1)));
  },
};

/** Each value is dropped or divided by the share that is kept, and its gradient likewise. */
function dropout(name: string, noiseShape: number[] | undefined, alike: (y: Tensor) => Tensor): Example {
  const shape: [number, number, number, number] = [2, 4, 3, 8];
  return {
    name: `dropout of ${name}, half of them`,
    run() {
      const layer = layers.dropout({ rate: 0.5, seed: 3, ...(noiseShape ? { noiseShape } : {}) });
      const drop = (x: Tensor) => layer.apply(x, { training: true }) as Tensor;
      const y = drop(ones(shape));
      return [max(y), min(y), mul(y, sub(y, 2)), sub(grad(drop)(ones(shape)), y), sub(y, alike(y))];
    },
    expected: [[2], [0], ...Array.from({ length: 3 }, () => Array<number>(sizeOf(shape)).fill(0))],
  };
}

/** In a model made ready for the device, which may have a way of its own to draw: half of many values, and others for another seed. */
const preparedDropout: Example = {
  name: "dropout in a prepared model: half of the values, by the seed",
  run(device) {
    const shape: [number, number, number, number] = [2, 32, 32, 4];
    const drop = (seed: number) => (x: Tensor) => {
      const image = input({ shape: shape.slice(1) });
      const outputs = layers.dropout({ rate: 0.5, seed }).apply(image) as SymbolicTensor;
      return device.prepare(model({ inputs: image, outputs })).apply(x, { training: true }) as Tensor;
    };
    const [first, again, other] = [7, 7, 2 ** 31 - 2].map((seed) => drop(seed)(ones(shape))) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    return [
      mul(first, sub(first, 2)),
      sub(first, again),
      sub(grad(drop(7))(ones(shape)), first),
      mean(first),
      mean(mul(first, other)),
      // Neighbours in a row, in a column and in the channels: one in four times both stay.
      ...[
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ].map((by) => {
        const size = shape.map((side, axis) => side - (by[axis] as number));
        return mean(mul(slice(first, by, size), slice(first, [0, 0, 0, 0], size)));
      }),
    ];
  },
  expected: [...Array.from({ length: 3 }, () => Array<number>(8192).fill(0)), [1], [1], [1], [1], [1]],
  tolerance: 0.08,
};

const preparedSpatialDropout: Example = {
  name: "dropout of whole channels in a prepared model",
  run(device) {
    const shape: [number, number, number, number] = [2, 3, 5, 40];
    const image = input({ shape: shape.slice(1) });
    const noiseShape = [null, 1, 1, null] as unknown as number[]; // null: as many as there are, which the type leaves out
    const outputs = layers.dropout({ rate: 0.75, seed: 3, noiseShape }).apply(image) as SymbolicTensor;
    const y = device.prepare(model({ inputs: image, outputs })).apply(ones(shape), { training: true }) as Tensor;
    return [sub(y, slice(y, [0, 0, 0, 0], [2, 1, 1, 40])), mul(y, sub(y, 4)), mean(y)];
  },
  expected: [...Array.from({ length: 2 }, () => Array<number>(1200).fill(0)), [1]],
  tolerance: 0.5,
};

export const ownLayers: Topic = {
  name: "layers of our own, and dropout",
  cases: [
    ...images.map(poolAndUnpoolCase),
    deconvolutionCase([2, 3, 4, 3], 2, { size: 4, scale: 2, dilation: 1 }),
    deconvolutionCase([1, 2, 3, 2], 2, { size: 4, scale: 2, dilation: 5 }),
    deconvolutionCase([1, 1, 1, 3], 1, { size: 8, scale: 4, dilation: 11 }),
    deconvolutionCase([2, 1, 5, 5], 2, { size: 8, scale: 4, dilation: 1 }),
    objectProbability,
    dropout("single values", undefined, (y) => y),
    preparedDropout,
    preparedSpatialDropout,
    dropout("whole channels", [2, 1, 1, 8], (y) => slice(y, [0, 0, 0, 0], [2, 1, 1, 8])),
  ],
};
