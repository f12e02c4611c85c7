import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type ConcatAttrs, type SplitVAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { storage, type Width } from "./wgsl.js";

/** Concatenation of channels, as at the end of a skip connection; tfjs's own kernel serves the other axes. */
export const concat: GpuKernel = (compute, stock) => {
  const stockKernel = stock("Concat");
  return {
    kernelName: "Concat",
    kernelFunc(call) {
      // tfjs passes a list under the type of a map.
      const inputs = call.inputs as unknown as TensorInfo[];
      const { axis } = attributesOf<ConcatAttrs>(call.attrs);
      const shape = inputs[0]?.shape ?? [];
      const fits = inputs.every((input) => input.dtype === "float32" && sameButLast(input.shape, shape));
      const filled = inputs.every((input) => util.sizeFromShape(input.shape) > 0);
      if (inputs.length < 2 || !fits || !filled || !isLast(axis, shape)) return stockKernel(call);
      const counts = inputs.map((input) => input.shape.at(-1) as number);
      const all = counts.reduce((sum, count) => sum + count, 0);
      const pixels = util.sizeFromShape(shape.slice(0, -1));
      const out = compute.output([...shape.slice(0, -1), all]);
      let to = 0;
      inputs.forEach((input, i) => {
        const count = counts[i] as number;
        compute.run(copyChannels(pixels, count, { from: 0, of: count }, { from: to, of: all }), [input, out]);
        to += count;
      });
      return out;
    },
  };
};

/** Its gradient: the channels apart again. */
export const splitV: GpuKernel = (compute, stock) => {
  const stockKernel = stock("SplitV");
  return {
    kernelName: "SplitV",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const { numOrSizeSplits, axis } = attributesOf<SplitVAttrs>(call.attrs);
      if (x.dtype !== "float32" || !isLast(axis, x.shape)) return stockKernel(call);
      const all = x.shape.at(-1) as number;
      const pixels = util.sizeFromShape(x.shape.slice(0, -1));
      const counts = backend_util.prepareSplitSize(x, numOrSizeSplits, x.shape.length - 1);
      if (pixels === 0 || counts.includes(0)) return stockKernel(call);
      let from = 0;
      return counts.map((count) => {
        const output = compute.output([...x.shape.slice(0, -1), count]);
        compute.run(copyChannels(pixels, count, { from, of: all }, { from: 0, of: count }), [x, output]);
        from += count;
        return output;
      });
    },
  };
};

/** Some of the channels of an image. */
interface Channels {
  readonly from: number;
  readonly of: number;
}

function copyChannels(pixels: number, count: number, source: Channels, target: Channels): Shader {
  const numbers = [count, source.from, source.of, target.from, target.of];
  const width: Width = numbers.every((number) => number % 4 === 0) ? 4 : 1;
  const [vectors, from, sourceVectors, to, targetVectors] = numbers.map((number) => number / width) as Five;
  return threadForEach(
    "copy-channels",
    pixels * vectors,
    width,
    storage({ source: "V" }, { result: "V" }),
    `let pixel = i / ${vectors}u;
  let vector = i % ${vectors}u;
  result[pixel * ${targetVectors}u + ${to}u + vector] = source[pixel * ${sourceVectors}u + ${from}u + vector];`,
  );
}

type Five = [number, number, number, number, number];

function isLast(axis: number, shape: readonly number[]): boolean {
  return util.parseAxisParam(axis, [...shape])[0] === shape.length - 1;
}

function sameButLast(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => i === a.length - 1 || side === b[i]);
}
