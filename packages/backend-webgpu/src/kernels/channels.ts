import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type ConcatAttrs, type SplitVAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compute, Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { storage, widthOf } from "./wgsl.js";

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
      const ours = fits && filled && inputs.length > 1 && isLast(axis, shape) && areBindable(compute, inputs.length);
      if (!ours) return stockKernel(call);
      const counts = inputs.map((input) => input.shape.at(-1) as number);
      const pixels = util.sizeFromShape(shape.slice(0, -1));
      const all = counts.reduce((sum, count) => sum + count, 0);
      const out = compute.output([...shape.slice(0, -1), all]);
      const shader = compute.written(`concatenate ${pixels} ${counts}`, () =>
        betweenParts("concatenate", pixels, counts),
      );
      compute.run(shader, [...inputs, out]);
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
      const pixels = util.sizeFromShape(x.shape.slice(0, -1));
      const counts = backend_util.prepareSplitSize(x, numOrSizeSplits, x.shape.length - 1);
      if (pixels === 0 || counts.includes(0) || !areBindable(compute, counts.length)) return stockKernel(call);
      const outputs = counts.map((count) => compute.output([...x.shape.slice(0, -1), count]));
      const shader = compute.written(`split ${pixels} ${counts}`, () => betweenParts("split", pixels, counts));
      compute.run(shader, [x, ...outputs]);
      return outputs;
    },
  };
};

/** Whether a shader may have so many parts and the whole bound to it. */
function areBindable({ limits }: Compute, parts: number): boolean {
  return parts < (limits.maxStorageBuffersPerShaderStage ?? 8);
}

/** Copies parts with so many channels each to the image that has them all, or back. Buffers: what is read, what is written. */
function betweenParts(way: "concatenate" | "split", pixels: number, counts: readonly number[]): Shader {
  const width = counts.every((count) => widthOf(count) === 4) ? 4 : 1;
  const vectors = counts.map((count) => count / width);
  const all = vectors.reduce((sum, count) => sum + count, 0);
  const parts = Object.fromEntries(counts.map((_, i) => [`part${i}`, "V"]));
  const whole = { whole: "V" };
  let from = 0;
  const copies = vectors.map((count, i) => {
    const part = `part${i}[i / ${all}u * ${count}u + vector - ${from}u]`;
    const code = way === "split" ? `${part} = whole[i];` : `whole[i] = ${part};`;
    from += count;
    return `if (vector < ${from}u) { ${code} return; }`;
  });
  return threadForEach(
    way,
    pixels * all,
    width,
    way === "split" ? storage(whole, parts) : storage(parts, whole),
    `let vector = i % ${all}u;
  ${copies.join("\n  ")}`,
  );
}

function isLast(axis: number, shape: readonly number[]): boolean {
  return util.parseAxisParam(axis, [...shape])[0] === shape.length - 1;
}

function sameButLast(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => i === a.length - 1 || side === b[i]);
}
