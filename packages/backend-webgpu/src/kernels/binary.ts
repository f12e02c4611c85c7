import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { storage, widthOf } from "./wgsl.js";

/** Sums of tensors of one shape, as where gradients meet, and with a bias or one value; tfjs's own kernel serves the rest. */
export const add: GpuKernel = binary("Add", "+");

/** Likewise products, as of a gradient and what a dropout keeps. */
export const multiply: GpuKernel = binary("Multiply", "*");

function binary(kernelName: "Add" | "Multiply", operator: string): GpuKernel {
  return (compute, stock) => {
    const stockKernel = stock(kernelName);
    return {
      kernelName,
      kernelFunc(call) {
        const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
        const [large, small] = util.sizeFromShape(a.shape) >= util.sizeFromShape(b.shape) ? [a, b] : [b, a]; // as good either way round
        const float = a.dtype === "float32" && b.dtype === "float32";
        const beside = float && besideOf(large.shape, small.shape);
        if (!beside || util.sizeFromShape(large.shape) === 0) return stockKernel(call);
        const out = compute.output(large.shape);
        const shader = compute.written(`${kernelName} ${beside} ${large.shape}`, () =>
          shaderOf(kernelName, large.shape, operator, beside),
        );
        compute.run(shader, [large, small, out]);
        return out;
      },
    };
  };
}

type Beside = "alike" | "one value" | "a channel";

/** What of the smaller tensor belongs to a value of the larger; undefined where that is none of these. */
function besideOf(large: readonly number[], small: readonly number[]): Beside | undefined {
  const channels = small.at(-1) ?? 1;
  if (large.length === small.length && large.every((side, axis) => side === small[axis])) return "alike";
  if (small.length > large.length || util.sizeFromShape([...small]) !== channels) return undefined;
  if (channels === 1) return "one value";
  return channels === large.at(-1) ? "a channel" : undefined;
}

function shaderOf(name: string, shape: readonly number[], operator: string, beside: Beside): Shader {
  const size = util.sizeFromShape([...shape]);
  const width = widthOf(beside === "a channel" ? (shape.at(-1) as number) : size);
  const second: Record<Beside, string> = {
    alike: "b[i]",
    "one value": "b[0]",
    "a channel": `b[i % ${(shape.at(-1) ?? 1) / width}u]`,
  };
  return threadForEach(
    name,
    size / width,
    width,
    storage({ a: "V", b: beside === "one value" ? "f32" : "V" }, { result: "V" }),
    `result[i] = a[i] ${operator} ${second[beside]};`,
  );
}
