import { type Activation, activations, batchNormName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { activationCode, hasSlopes } from "./activation.js";
import { overPixels, type Tiling, tilingForAll, tilingForSums } from "./over-pixels.js";
import { addUp, leave } from "./partial-sums.js";
import { exactly, literal, storage } from "./wgsl.js";

/**
 * Rows of the tensor that the gradient gets from the normalization. Everything is computed from the deviation x - pivot, where
 * the pivot is near the mean: the mean itself would lose digits in single precision where it is much larger than the deviation.
 */
export const Row = { pivot: 0, scale: 1, shift: 2, offset: 3, inverse: 4, below: 5, above: 6 } as const;

/** Batch normalization in training with each activation: a pass over x for sums, and one to apply what a small shader makes of them. */
export const batchNormKernels: readonly GpuKernel[] = activations.map((activation) => (compute) => ({
  kernelName: batchNormName(activation),
  kernelFunc({ inputs, attrs }) {
    const { x, gamma, beta, below, above, movingMean, movingVariance } = inputs as Inputs & Averages;
    const { epsilon, momentum = 1 } = attrs as { epsilon: number; momentum?: number };
    const [channels] = gamma.shape as [number];
    const pixels = util.sizeFromShape(x.shape) / channels;
    const forSums = tilingForSums(compute, pixels, channels);
    const partials = compute.output([2 * forSums.blocks + 1, channels]);
    const slopes = [below, above].filter((slope) => slope !== undefined);
    const size = `${pixels} ${channels}`;
    const kind = `${activation} ${slopes.map((slope) => util.sizeFromShape(slope.shape))} ${epsilon}`;
    const sumsShader = compute.written(`batch-norm-sums ${size}`, () => sums(forSums));
    compute.run(sumsShader, [x, partials]);
    const [mean, variance] = [compute.output([channels]), compute.output([channels])];
    const statistics = compute.output([hasSlopes(activation) ? 7 : 5, channels]);
    const read = [partials, gamma, beta, ...slopes];
    const finishShader = compute.written(`batch-norm-finish ${size} ${kind}`, () => finish(forSums, epsilon, slopes));
    compute.run(finishShader, [...read, mean, variance, statistics]);
    compute.release(partials);
    const y = compute.output(x.shape);
    const forAll = tilingForAll(pixels, channels);
    if (!movingMean || !movingVariance) {
      const applyShader = compute.written(`batch-norm-apply ${size} ${activation}`, () => apply(forAll, activation));
      compute.run(applyShader, [x, statistics, y]);
      return [y, mean, variance, statistics];
    }
    const moved = [compute.output([channels]), compute.output([channels])];
    const applyShader = compute.written(`batch-norm-apply ${size} ${activation} ${momentum}`, () =>
      apply(forAll, activation, momentum),
    );
    compute.run(applyShader, [x, statistics, variance, movingMean, movingVariance, y, ...moved]);
    return [y, mean, variance, statistics, ...moved];
  },
}));

/** As operations/batch-norm.ts says. */
export type Inputs = Readonly<Record<"x" | "gamma" | "beta", TensorInfo>> &
  Readonly<Partial<Record<"below" | "above", TensorInfo>>>;

type Averages = Readonly<Partial<Record<"movingMean" | "movingVariance", TensorInfo>>>;

/** Pixels whose mean is the pivot. */
const pivotPixels = 4;

/** Of each block Σ (x - pivot) and Σ (x - pivot)², and behind those of all the pivots. */
function sums(tiling: Tiling): Shader {
  const { pixels, blocks, vectors } = tiling;
  const count = Math.min(pivotPixels, pixels);
  const step = Math.floor(pixels / count) * vectors;
  return overPixels(tiling, {
    name: "batch-norm-sums",
    declarations: storage({ x: "V" }, { partials: "V" }),
    before: `var pivot = V(0);
  for (var i = 0u; i < ${count}u; i++) { pivot += x[i * ${step}u + vector]; }
  pivot *= V(${literal(1 / count)});`,
    each: `let deviation = x[at] - pivot;
    total += deviation;
    squares += deviation * deviation;`,
    sums: ["total", "squares"],
    after: `${leave(["total", "squares"], tiling)}
    if (block == 0u) { partials[${2 * blocks * vectors}u + vector] = pivot; }`,
  });
}

/** The statistics, and the rows of the tensor for the gradient. */
function finish(tiling: Tiling, epsilon: number, slopes: readonly TensorInfo[]): Shader {
  const { pixels, channels, blocks } = tiling;
  const [below, above] = slopes;
  const read = {
    partials: "f32",
    gamma: "f32",
    beta: "f32",
    ...(below && { below: "f32" }),
    ...(above && { above: "f32" }),
  };
  const each = below && util.sizeFromShape(below.shape) === 1 ? "0u" : "vector";
  const set = (row: number, value: string) => `rows[${row * channels}u + vector] = ${value};`;
  return addUp(tiling, {
    name: "batch-norm-finish",
    declarations: storage(read, { means: "f32", variances: "f32", rows: "f32" }) + exactly,
    sums: ["total", "squares"],
    after: `let pivot = partials[${2 * blocks * channels}u + vector];
    let offset = total * ${literal(1 / pixels)};
    let variance = positivePart(squares * ${literal(1 / pixels)} - offset * offset);
    let inverse = inverseSqrt(variance + ${literal(epsilon)});
    let scale = gamma[vector] * inverse;
    means[vector] = pivot + offset;
    variances[vector] = variance;
    ${set(Row.pivot, "pivot")}
    ${set(Row.scale, "scale")}
    ${set(Row.shift, "beta[vector] - scale * offset")}
    ${set(Row.offset, "offset")}
    ${set(Row.inverse, "inverse")}
    ${below ? set(Row.below, `below[${each}]`) : ""}
    ${below ? set(Row.above, above ? "above[vector]" : "1") : ""}`,
  });
}

/** WGSL: the rows of this thread's channels, and the slopes where there are any. */
export function load({ vectors }: Tiling, activation: Activation): string {
  const row = (index: number) => `rows[${index * vectors}u + vector]`;
  return `let pivot = ${row(Row.pivot)};
  let scale = ${row(Row.scale)};
  let shift = ${row(Row.shift)};
  ${hasSlopes(activation) ? `slopeBelow = ${row(Row.below)};\n  slopeAbove = ${row(Row.above)};` : ""}`;
}

/** With a momentum it moves the averages as well: its workgroups are many, and each has the statistics of its channels. */
function apply(tiling: Tiling, activation: Activation, momentum?: number): Shader {
  const averages = { variance: "V", movingMean: "V", movingVariance: "V" };
  const [read, write] = momentum === undefined ? [{}, {}] : [averages, { newMean: "V", newVariance: "V" }];
  const move = (old: string, value: string) =>
    `${old}[vector] - (${old}[vector] - (${value})) * ${literal(1 - (momentum ?? 1))};`;
  const after = `if (block == 0u) {
      newMean[vector] = ${move("movingMean", `pivot + rows[${Row.offset * tiling.vectors}u + vector]`)}
      newVariance[vector] = ${move("movingVariance", "variance[vector]")}
    }`;
  return overPixels(tiling, {
    name: "batch-norm-apply",
    declarations: storage({ x: "V", rows: "V", ...read }, { y: "V", ...write }) + activationCode(activation),
    before: load(tiling, activation),
    each: "y[at] = activate(fma(x[at] - pivot, scale, shift));",
    ...(momentum !== undefined && { after }),
  });
}
