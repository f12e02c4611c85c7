import { type Activation, activations, batchNormGradName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { activationCode, hasSlopes } from "./activation.js";
import { markBalanced } from "./balanced.js";
import { type Inputs, load, Row } from "./batch-norm.js";
import { overPixels, type Tiling, tilingForAll, tilingForSums } from "./over-pixels.js";
import { addUp, leave, partialSums } from "./partial-sums.js";
import { ofOneSlope } from "./slopes.js";
import { literal, storage } from "./wgsl.js";

/** Gradients of batch normalization in training: a pass over x and dy for sums, and one for the gradient of x. */
export const batchNormGradKernels: readonly GpuKernel[] = activations.map((activation) => (compute) => ({
  kernelName: batchNormGradName(activation),
  kernelFunc({ inputs }) {
    const { dy, x, gamma, beta, statistics, below, above } = inputs as GradInputs;
    const [channels] = gamma.shape as [number];
    const pixels = util.sizeFromShape(x.shape) / channels;
    const forSums = tilingForSums(compute, pixels, channels);
    const partials = partialSums(compute, hasSlopes(activation) ? 4 : 2, forSums);
    const which = `${pixels} ${channels} ${activation}`;
    const sums = compute.written(`batch-norm-gradient-sums ${which}`, () => gradientSums(forSums, activation));
    compute.run(sums, [x, dy, statistics, partials]);
    const constants = compute.output([2, channels]);
    const outputs = [gamma, beta, ...(below ? [below] : []), ...(above ? [above] : [])].map(({ shape }) =>
      compute.output(util.sizeFromShape(shape) === channels ? shape : [channels]),
    );
    const finish = compute.written(`batch-norm-gradient-finish ${which}`, () =>
      gradientFinish(forSums, activation, above !== undefined),
    );
    compute.run(finish, [...[partials, statistics, constants], ...outputs]);
    const dx = compute.output(x.shape);
    const apply = compute.written(`batch-norm-gradient-apply ${which}`, () =>
      gradientApply(tilingForAll(pixels, channels), activation),
    );
    compute.run(apply, [x, dy, statistics, constants, dx]);
    markBalanced(dx);
    for (const each of [partials, constants]) compute.release(each);
    if (below) outputs[2] = ofOneSlope(compute, outputs[2] as TensorInfo, below.shape);
    return [dx, ...outputs];
  },
}));

type GradInputs = Inputs & Readonly<Record<"dy" | "statistics", TensorInfo>>;

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
