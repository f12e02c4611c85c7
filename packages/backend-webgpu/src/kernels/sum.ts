import { attributesOf } from "@em-stellar/kernels/backend";
import { type SumAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { isBalanced } from "./balanced.js";
import { overPixels, type Tiling, tilingForSums, tilingOfValues } from "./over-pixels.js";
import { addUp, leave, partialSums } from "./partial-sums.js";
import { pointwise } from "./pointwise.js";
import { literal, storage } from "./wgsl.js";

/** Sums over all axes, or all but the last ones as in the gradient of a bias; tfjs's own kernel serves the rest. */
export const sum: GpuKernel = reduction("Sum", () => 1);

/** Likewise means. */
export const mean: GpuKernel = reduction("Mean", (count) => count);

function reduction(kernelName: "Sum" | "Mean", divisor: (count: number) => number): GpuKernel {
  return (compute, stock) => {
    const stockKernel = stock(kernelName);
    const zeros = new Map<number, TensorInfo>(); // for as long as the device
    /** Zeros for channels: made once, since shaders never write to their inputs. */
    const zerosOf = (channels: number, shape: readonly number[]): TensorInfo => {
      const made = zeros.get(channels) ?? compute.output([channels]);
      if (!zeros.has(channels)) {
        const shader = pointwise({
          name: "zeros",
          size: channels,
          read: [],
          write: ["zeros"],
          each: "zeros[i] = V(0);",
        });
        compute.run(shader, [made]);
        if (compute.isRehearsing) return made;
        zeros.set(channels, made);
      }
      return compute.share(made, shape);
    };
    return {
      kernelName,
      kernelFunc(call) {
        const { x } = call.inputs as { x: TensorInfo };
        const { axis, keepDims } = attributesOf<SumAttrs>(call.attrs);
        const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
        const kept = x.shape.slice(axes.length);
        const channels = util.sizeFromShape(kept);
        const count = util.sizeFromShape(x.shape) / channels;
        const leading = axes.length > 0 && axes.every((value, i) => value === i);
        if (!leading || x.dtype !== "float32" || !(count > 0)) return stockKernel(call);
        const shape = keepDims ? [...axes.map(() => 1), ...kept] : kept;
        if (isBalanced(x) && axes.length === x.shape.length - 1) return zerosOf(channels, shape);
        const factor = 1 / divisor(count);
        return channels === 1
          ? sumOfValues(compute, x, shape, factor)
          : add(compute, x, tilingForSums(compute, count, channels), shape, { factor, all: false });
      },
    };
  };
}

/** The sum of all values, times a factor. */
export function sumOfValues(compute: Compute, x: TensorInfo, shape: readonly number[], factor = 1): TensorInfo {
  return add(compute, x, tilingOfValues(compute, util.sizeFromShape(x.shape)), shape, { factor, all: true });
}

function add(
  compute: Compute,
  x: TensorInfo,
  tiling: Tiling,
  shape: readonly number[],
  { factor, all }: { factor: number; all: boolean },
): TensorInfo {
  const partials = partialSums(compute, 1, tiling);
  const { pixels, channels } = tiling;
  const first = compute.written(`sum ${pixels} ${channels}`, () =>
    overPixels(tiling, {
      name: "sum",
      declarations: storage({ x: "V" }, { partials: "V" }),
      each: "total += x[at];",
      sums: ["total"],
      after: leave(["total"], tiling),
    }),
  );
  compute.run(first, [x, partials]);
  const out = compute.output(shape);
  const second = compute.written(`sum-finish ${pixels} ${channels} ${factor} ${all}`, () =>
    addUp(
      tiling,
      {
        name: "sum-finish",
        declarations: storage({ partials: "f32" }, { result: "f32" }),
        sums: ["total"],
        after: `result[vector] = total * ${literal(factor)};`,
      },
      all,
    ),
  );
  compute.run(second, [partials, out]);
  compute.release(partials);
  return out;
}
