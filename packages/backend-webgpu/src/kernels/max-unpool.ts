import {
  type MaxPoolWithIndicesInputs,
  type MaxUnpoolGradInputs,
  type MaxUnpoolInputs,
  maxPoolWithIndicesKernel,
  maxUnpoolGradKernel,
  maxUnpoolKernel,
} from "@em-stellar/kernels";
import { util } from "@tensorflow/tfjs-core";
import type { Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { exactly, storage, widthOf } from "./wgsl.js";

/** Max pooling of 2×2 windows that also gives the place of each maximum. */
export const maxPoolWithIndices: GpuKernel = (compute) => ({
  kernelName: maxPoolWithIndicesKernel,
  kernelFunc({ inputs }) {
    const { x } = inputs as MaxPoolWithIndicesInputs;
    const [batch, height, width, channels] = x.shape as Shape;
    const shape: Shape = [batch, height / 2, width / 2, channels];
    const outputs = [compute.output(shape), compute.output(shape, "int32")];
    const shader = perWindow("max-pool-with-indices", shape, [{ source: "V" }, { pooled: "V", indices: "I" }], (at) => {
      const others = [1, 2, 3].map(
        (corner) => `value = source[${at(corner)}];
  isMore = ((value > most) & !isNaN(most)) | isNaN(value);
  most = select(most, value, isMore);
  index = select(index, I(${corner}), isMore);`,
      );
      return `var most = source[${at(0)}];
  var index = I(0);
  var value: V;
  var isMore: B;
  ${others.join("\n  ")}
  pooled[i] = most;
  indices[i] = index;`;
    });
    compute.run(shader, [x, ...outputs]);
    return outputs;
  },
});

/** Values put back to such places. */
export const maxUnpool: GpuKernel = (compute) => ({
  kernelName: maxUnpoolKernel,
  kernelFunc({ inputs }) {
    const { x, indices } = inputs as MaxUnpoolInputs;
    const [batch, height, width, channels] = x.shape as Shape;
    const y = compute.output([batch, 2 * height, 2 * width, channels]);
    const shader = perWindow(
      "max-unpool",
      x.shape as Shape,
      [{ source: "V", indices: "I" }, { result: "V" }],
      (at) => `let value = source[i];
  let index = indices[i];
  ${corners.map((corner) => `result[${at(corner)}] = select(V(0), value, index == I(${corner}));`).join("\n  ")}`,
    );
    compute.run(shader, [x, indices, y]);
    return y;
  },
});

/** Its gradient. */
export const maxUnpoolGrad: GpuKernel = (compute) => ({
  kernelName: maxUnpoolGradKernel,
  kernelFunc({ inputs }) {
    const { dy, indices } = inputs as MaxUnpoolGradInputs;
    const dx = compute.output(indices.shape);
    const shader = perWindow(
      "max-unpool-gradient",
      indices.shape as Shape,
      [{ source: "V", indices: "I" }, { result: "V" }],
      (at) => `let index = indices[i];
  var value = source[${at(0)}];
  ${[1, 2, 3].map((corner) => `value = select(value, source[${at(corner)}], index == I(${corner}));`).join("\n  ")}
  result[i] = value;`,
    );
    compute.run(shader, [dy, indices, dx]);
    return dx;
  },
});

type Shape = [batch: number, height: number, width: number, channels: number];

/** Top left, top right, bottom left, bottom right. */
const corners = [0, 1, 2, 3] as const;

/** A thread for each 2×2 window, of which `shape` counts them; `at` gives WGSL for the place of a corner in the large image. */
function perWindow(
  name: string,
  shape: Shape,
  [read, write]: [Record<string, string>, Record<string, string>],
  each: (at: (corner: number) => string) => string,
): Shader {
  const [, , columns, channels] = shape;
  const width = widthOf(channels);
  const vectors = channels / width;
  const row = 2 * columns * vectors;
  const at = (corner: number) => `first + ${(corner >> 1) * row + (corner & 1) * vectors}u`;
  return threadForEach(
    name,
    util.sizeFromShape(shape) / width,
    width,
    storage(read, write) + exactly,
    `let first = i / ${columns * vectors}u * ${2 * row}u + i / ${vectors}u % ${columns}u * ${2 * vectors}u + i % ${vectors}u;
  ${each(at)}`,
  );
}
