import { type TluGradInputs, type TluInputs, tluGradKernel, tluKernel } from "@em-stellar/kernels";
import { preluGradName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compute, Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { activationCode } from "./activation.js";
import { overPixels, type Tiling, tilingForAll, tilingForSums } from "./over-pixels.js";
import { addUp, leave, partialSums } from "./partial-sums.js";
import { ofOneSlope } from "./slopes.js";
import { storage } from "./wgsl.js";

/** A PReLU with one slope, or one for each channel; tfjs's own kernel serves the rest. */
export const prelu: GpuKernel = (compute, stock) => {
  const stockKernel = stock("Prelu");
  return {
    kernelName: "Prelu",
    kernelFunc(call) {
      const { x, alpha } = call.inputs as { x: TensorInfo; alpha: TensorInfo };
      const channels = x.shape.at(-1) ?? 0;
      const slopes = util.sizeFromShape(alpha.shape);
      const perChannel = slopes === channels && alpha.shape.at(-1) === channels;
      const float = x.dtype === "float32" && alpha.dtype === "float32";
      if (!float || !(perChannel || slopes === 1) || util.sizeFromShape(x.shape) === 0) return stockKernel(call);
      return leaky(compute, "prelu", x, alpha);
    },
  };
};

/** The gradient of a PReLU with one slope, or one for each channel, in one pass. */
export const preluGrad: GpuKernel = (compute) => ({
  kernelName: preluGradName,
  kernelFunc({ inputs }) {
    const { x, dy, alpha } = inputs as Record<"x" | "dy" | "alpha", TensorInfo>;
    return leakyGradient(compute, "prelu", x, dy, alpha);
  },
});

/** A trainable linear unit. */
export const tlu: GpuKernel = (compute) => ({
  kernelName: tluKernel,
  kernelFunc({ inputs }) {
    const { x, alpha, beta } = inputs as TluInputs;
    return leaky(compute, "tlu", x, alpha, beta);
  },
});

/** Its gradient. */
export const tluGrad: GpuKernel = (compute, stock) => {
  const zerosLike = stock("ZerosLike");
  return {
    kernelName: tluGradKernel,
    kernelFunc(call) {
      const { dy, x, alpha, beta } = call.inputs as TluGradInputs;
      if (util.sizeFromShape(x.shape) > 0) return leakyGradient(compute, "tlu", x, dy, alpha, beta);
      return [x, alpha, beta].flatMap((input) => zerosLike({ ...call, inputs: { x: input } }));
    },
  };
};

type Leaky = "prelu" | "tlu";

/** WGSL: the slopes of this thread's channels. */
function load(below: TensorInfo, above: TensorInfo | undefined): string {
  const one = util.sizeFromShape(below.shape) === 1;
  return `slopeBelow = ${one ? "V(below[0])" : "below[vector]"};\n  slopeAbove = ${above ? "above[vector]" : "V(1)"};`;
}

function slopesRead(below: TensorInfo, above: TensorInfo | undefined): Record<string, string> {
  return { below: util.sizeFromShape(below.shape) === 1 ? "f32" : "V", ...(above && { above: "V" }) };
}

function leaky(compute: Compute, kind: Leaky, x: TensorInfo, below: TensorInfo, above?: TensorInfo): TensorInfo {
  const channels = x.shape.at(-1) as number;
  const size = util.sizeFromShape(x.shape);
  if (size === 0) return compute.share(x);
  const y = compute.output(x.shape);
  const shader = compute.written(`${kind} ${size} ${channels} ${util.sizeFromShape(below.shape)}`, () =>
    overPixels(tilingForAll(size / channels, channels), {
      name: kind,
      declarations: storage({ x: "V", ...slopesRead(below, above) }, { y: "V" }) + activationCode(kind),
      before: load(below, above),
      each: "y[at] = activate(x[at]);",
    }),
  );
  compute.run(shader, [x, below, ...(above ? [above] : []), y]);
  return y;
}

function leakyGradient(
  compute: Compute,
  kind: Leaky,
  x: TensorInfo,
  dy: TensorInfo,
  below: TensorInfo,
  above?: TensorInfo,
): TensorInfo[] {
  const channels = x.shape.at(-1) as number;
  const tiling = tilingForSums(compute, util.sizeFromShape(x.shape) / channels, channels);
  const names = above ? ["ofBelow", "ofAbove"] : ["ofBelow"];
  const dx = compute.output(x.shape);
  const partials = partialSums(compute, names.length, tiling);
  const slopes = above ? [below, above] : [below];
  const which = `${kind} ${tiling.pixels} ${channels} ${util.sizeFromShape(below.shape)}`;
  const gradient = compute.written(`gradient of ${which}`, () => gradientShader(tiling, kind, below, above));
  compute.run(gradient, [x, dy, ...slopes, dx, partials]);
  const results = names.map(() => compute.output([channels]));
  const finish = compute.written(`finish of ${which}`, () =>
    addUp(tiling, {
      name: `${kind}-gradient-finish`,
      declarations: storage({ partials: "f32" }, { dBelow: "f32", ...(above && { dAbove: "f32" }) }),
      sums: names,
      after: `dBelow[vector] = ofBelow;${above ? " dAbove[vector] = ofAbove;" : ""}`,
    }),
  );
  compute.run(finish, [partials, ...results]);
  compute.release(partials);
  const [dBelow, ...others] = results as [TensorInfo];
  return [dx, ofOneSlope(compute, dBelow, below.shape), ...others];
}

function gradientShader(tiling: Tiling, kind: Leaky, below: TensorInfo, above: TensorInfo | undefined): Shader {
  const names = above ? ["ofBelow", "ofAbove"] : ["ofBelow"];
  return overPixels(tiling, {
    name: `${kind}-gradient`,
    declarations:
      storage({ x: "V", dy: "V", ...slopesRead(below, above) }, { dx: "V", partials: "V" }) + activationCode(kind),
    before: load(below, above),
    each: `let value = x[at];
    let gradient = dy[at];
    ofBelow += gradient * negativePart(value);
    ${above ? "ofAbove += gradient * positivePart(value);" : ""}
    dx[at] = partAbove(gradient, value) * slopeAbove + partBelow(gradient, value) * slopeBelow;`,
    sums: names,
    after: leave(names, tiling),
  });
}
