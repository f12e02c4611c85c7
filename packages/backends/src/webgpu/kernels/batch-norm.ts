import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Activation, activations, batchNormGradName, batchNormName } from "../../operations/batch-norm.js";
import type { Compute, Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { activationCode, hasSlopes } from "./activation.js";
import { overPixels, type Tiling, tilingForAll, tilingForSums } from "./over-pixels.js";
import { addUp, leave, partialSums } from "./partial-sums.js";
import { sumOfValues } from "./sum.js";
import { exactly, literal, storage } from "./wgsl.js";

/**
 * Rows of the tensor that the gradient gets from the normalization. Everything is computed from the deviation x - pivot, where
 * the pivot is near the mean: the mean itself would lose digits in single precision where it is much larger than the deviation.
 */
const Row = { pivot: 0, scale: 1, shift: 2, offset: 3, inverse: 4, below: 5, above: 6 } as const;

/** Batch normalization in training with each activation: a pass over x for sums, and one to apply what a small shader makes of them. */
export const batchNormKernels: readonly GpuKernel[] = activations.map((activation) => (compute) => ({
  kernelName: batchNormName(activation),
  kernelFunc({ inputs, attrs }) {
    const { x, gamma, beta, below, above } = inputs as Inputs;
    const { epsilon } = attrs as { epsilon: number };
    const [channels] = gamma.shape as [number];
    const pixels = util.sizeFromShape(x.shape) / channels;
    const forSums = tilingForSums(pixels, channels);
    const partials = compute.output([2 * forSums.blocks + 1, channels]);
    compute.run(sums(forSums), [x, partials]);
    const [mean, variance] = [compute.output([channels]), compute.output([channels])];
    const statistics = compute.output([hasSlopes(activation) ? 7 : 5, channels]);
    const slopes = [below, above].filter((slope) => slope !== undefined);
    const read = [partials, gamma, beta, ...slopes];
    compute.run(finish(forSums, epsilon, slopes), [...read, mean, variance, statistics]);
    compute.release(partials);
    const y = compute.output(x.shape);
    compute.run(apply(tilingForAll(pixels, channels), activation), [x, statistics, y]);
    return [y, mean, variance, statistics];
  },
}));

/** Their gradients: a pass over x and dy for sums, and one for the gradient of x. */
export const batchNormGradKernels: readonly GpuKernel[] = activations.map((activation) => (compute) => ({
  kernelName: batchNormGradName(activation),
  kernelFunc({ inputs }) {
    const { dy, x, gamma, beta, statistics, below, above } = inputs as GradInputs;
    const [channels] = gamma.shape as [number];
    const pixels = util.sizeFromShape(x.shape) / channels;
    const forSums = tilingForSums(pixels, channels);
    const partials = partialSums(compute, hasSlopes(activation) ? 4 : 2, forSums);
    compute.run(gradientSums(forSums, activation), [x, dy, statistics, partials]);
    const constants = compute.output([2, channels]);
    const outputs = [gamma, beta, ...(below ? [below] : []), ...(above ? [above] : [])].map(({ shape }) =>
      compute.output(util.sizeFromShape(shape) === channels ? shape : [channels]),
    );
    compute.run(gradientFinish(forSums, activation, above !== undefined), [
      ...[partials, statistics, constants],
      ...outputs,
    ]);
    const dx = compute.output(x.shape);
    const forAll = tilingForAll(pixels, channels);
    compute.run(gradientApply(forAll, activation), [x, dy, statistics, constants, dx]);
    for (const each of [partials, constants]) compute.release(each);
    if (below) outputs[2] = ofOneSlope(compute, outputs[2] as TensorInfo, below.shape);
    return [dx, ...outputs];
  },
}));

type Inputs = Readonly<Record<"x" | "gamma" | "beta", TensorInfo>> &
  Readonly<Partial<Record<"below" | "above", TensorInfo>>>;

type GradInputs = Inputs & Readonly<Record<"dy" | "statistics", TensorInfo>>;

/** The gradient of slopes from that of each channel: where all share one slope, their sum. */
export function ofOneSlope(compute: Compute, perChannel: TensorInfo, shape: readonly number[]): TensorInfo {
  if (util.sizeFromShape([...shape]) === util.sizeFromShape(perChannel.shape)) return perChannel;
  const sum = sumOfValues(compute, perChannel, shape);
  compute.release(perChannel);
  return sum;
}

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
function load({ vectors }: Tiling, activation: Activation): string {
  const row = (index: number) => `rows[${index * vectors}u + vector]`;
  return `let pivot = ${row(Row.pivot)};
  let scale = ${row(Row.scale)};
  let shift = ${row(Row.shift)};
  ${hasSlopes(activation) ? `slopeBelow = ${row(Row.below)};\n  slopeAbove = ${row(Row.above)};` : ""}`;
}

function apply(tiling: Tiling, activation: Activation): Shader {
  return overPixels(tiling, {
    name: "batch-norm-apply",
    declarations: storage({ x: "V", rows: "V" }, { y: "V" }) + activationCode(activation),
    before: load(tiling, activation),
    each: "y[at] = activate(fma(x[at] - pivot, scale, shift));",
  });
}

// With v the normalized value and dy split into what reaches values above and below 0, four sums per channel say all: Σ above,
// Σ above · deviation, Σ below, Σ below · deviation. The gradients of slopes follow from v = scale · deviation + shift.

function sumNames(activation: Activation): readonly string[] {
  return hasSlopes(activation) ? ["above", "aboveDeviation", "below", "belowDeviation"] : ["above", "aboveDeviation"];
}

function gradientSums(tiling: Tiling, activation: Activation): Shader {
  const names = sumNames(activation);
  return overPixels(tiling, {
    name: "batch-norm-gradient-sums",
    declarations: storage({ x: "V", dy: "V", rows: "V" }, { partials: "V" }) + activationCode(activation),
    before: load(tiling, activation),
    each: `let deviation = x[at] - pivot;
    let value = fma(deviation, scale, shift);
    let gradient = dy[at];
    let ofAbove = partAbove(gradient, value);
    above += ofAbove;
    aboveDeviation += ofAbove * deviation;
    ${
      hasSlopes(activation)
        ? "let ofBelow = partBelow(gradient, value);\n    below += ofBelow;\n    belowDeviation += ofBelow * deviation;"
        : ""
    }`,
    sums: names,
    after: leave(names, tiling),
  });
}

/** The gradients of gamma, beta and the slopes; what the gradient of x adds for each deviation, and for each value. */
function gradientFinish(tiling: Tiling, activation: Activation, withAbove: boolean): Shader {
  const { pixels, channels } = tiling;
  const leaky = hasSlopes(activation);
  const row = (index: number) => `rows[${index * channels}u + vector]`;
  const write = {
    constants: "f32",
    dGamma: "f32",
    dBeta: "f32",
    ...(leaky && { dBelow: "f32" }),
    ...(withAbove && { dAbove: "f32" }),
  };
  return addUp(tiling, {
    name: "batch-norm-gradient-finish",
    declarations: storage({ partials: "f32", rows: "f32" }, write),
    sums: sumNames(activation),
    after: `let scale = ${row(Row.scale)};
    let shift = ${row(Row.shift)};
    let offset = ${row(Row.offset)};
    let inverse = ${row(Row.inverse)};
    ${leaky ? `let slopeBelow = ${row(Row.below)};\n    let slopeAbove = ${row(Row.above)};` : ""}
    let total = ${leaky ? "slopeAbove * above + slopeBelow * below" : "above"};
    let deviated = ${leaky ? "slopeAbove * aboveDeviation + slopeBelow * belowDeviation" : "aboveDeviation"};
    let ofGamma = inverse * (deviated - offset * total);
    dGamma[vector] = ofGamma;
    dBeta[vector] = total;
    ${leaky ? "dBelow[vector] = scale * belowDeviation + shift * below;" : ""}
    ${withAbove ? "dAbove[vector] = scale * aboveDeviation + shift * above;" : ""}
    let perDeviation = -scale * inverse * ofGamma * ${literal(1 / pixels)};
    constants[vector] = perDeviation;
    constants[${channels}u + vector] = -scale * total * ${literal(1 / pixels)} - perDeviation * offset;`,
  });
}

function gradientApply(tiling: Tiling, activation: Activation): Shader {
  const above = "partAbove(gradient, value)";
  return overPixels(tiling, {
    name: "batch-norm-gradient-apply",
    declarations: storage({ x: "V", dy: "V", rows: "V", constants: "V" }, { dx: "V" }) + activationCode(activation),
    before: `${load(tiling, activation)}
  let perDeviation = constants[vector];
  let constant = constants[${tiling.vectors}u + vector];`,
    each: `let deviation = x[at] - pivot;
    let value = fma(deviation, scale, shift);
    let gradient = dy[at];
    let ofValue = ${hasSlopes(activation) ? `${above} * slopeAbove + partBelow(gradient, value) * slopeBelow` : above};
    dx[at] = fma(ofValue, scale, fma(deviation, perDeviation, constant));`,
  });
}
