import {
  type LossInputs,
  type OverlapLoss,
  overlapLossKernel,
  type PixelLoss,
  pixelLossKernel,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import { util } from "@tensorflow/tfjs-core";
import type { GpuKernel } from "../kernel.js";
import { overPixels, tilingOfValues } from "./over-pixels.js";
import { addUp, leave, partialSums } from "./partial-sums.js";
import { pointwise } from "./pointwise.js";
import { exactly, literal, storage } from "./wgsl.js";

/** Losses that are a mean over pixels, with their gradients, in one pass. */
export const pixelLoss: GpuKernel = (compute) => ({
  kernelName: pixelLossKernel,
  kernelFunc({ inputs, attrs }) {
    const { truth, prediction } = inputs as LossInputs;
    const numbers = attributesOf<PixelLoss>(attrs);
    const pixels = util.sizeFromShape(truth.shape);
    const tiling = tilingOfValues(compute, pixels);
    const partials = partialSums(compute, 1, tiling);
    const gradient = compute.output(prediction.shape);
    const first = overPixels(tiling, {
      name: "pixel-loss",
      declarations: storage({ truth: "V", prediction: "V" }, { gradient: "V", partials: "V" }) + exactly,
      each: ofPixel(numbers, pixels),
      sums: ["loss"],
      after: leave(["loss"], tiling),
    });
    compute.run(first, [truth, prediction, gradient, partials]);
    const loss = compute.output([]);
    const second = addUp(
      tiling,
      {
        name: "pixel-loss-finish",
        declarations: storage({ partials: "f32" }, { result: "f32" }),
        sums: ["loss"],
        after: `result[0] = loss * ${literal(1 / pixels)};`,
      },
      true,
    );
    compute.run(second, [partials, loss]);
    compute.release(partials);
    return [loss, gradient];
  },
});

/** WGSL: adds the loss of a pixel to `loss`, and writes its gradient. */
function ofPixel({ object, background, gamma }: PixelLoss, pixels: number): string {
  const power = (base: string) => {
    if (gamma === 0) return "V(1)";
    return gamma === 2 ? `${base} * ${base}` : `exp(${literal(gamma)} * ln${base.toUpperCase()})`;
  };
  return `let y = truth[at];
    let given = prediction[at];
    let p = clamp(given, V(${literal(1e-7)}), V(${literal(1 - 1e-7)}));
    let q = 1 - p;
    let lnP = log(p);
    let lnQ = log(q);
    let inObject = ${literal(object)} * y * (${power("q")});
    let inBackground = ${literal(background)} * (1 - y) * (${power("p")});
    // d/dp of -inObject · ln p - inBackground · ln q
    var slope = inBackground / q - inObject / p;
    ${gamma === 0 ? "" : `slope += ${literal(gamma)} * (inObject * lnP / q - inBackground * lnQ / p);`}
    let isLost = isNaN(given) | isNaN(y);
    gradient[at] = select(V(0), slope * ${literal(1 / pixels)}, p == given);
    loss += select(-inObject * lnP - inBackground * lnQ, given + y, isLost);`;
}

/** Losses of the overlap of truth and prediction, with their gradients. */
export const overlapLoss: GpuKernel = (compute) => ({
  kernelName: overlapLossKernel,
  kernelFunc({ inputs, attrs }) {
    const { truth, prediction } = inputs as LossInputs;
    const numbers = attributesOf<OverlapLoss>(attrs);
    const size = util.sizeFromShape(truth.shape);
    const tiling = tilingOfValues(compute, size);
    const names = ["intersection", "sum"];
    const partials = partialSums(compute, names.length, tiling);
    const first = overPixels(tiling, {
      name: "overlap-sums",
      declarations: storage({ truth: "V", prediction: "V" }, { partials: "V" }),
      each: `intersection += truth[at] * prediction[at];
    sum += truth[at] + prediction[at];`,
      sums: names,
      after: leave(names, tiling),
    });
    compute.run(first, [truth, prediction, partials]);
    const [loss, slopes] = [compute.output([]), compute.output([2])];
    const second = addUp(
      tiling,
      {
        name: "overlap-loss",
        declarations: storage({ partials: "f32" }, { result: "f32", slopes: "f32" }) + exactly,
        sums: names,
        after: ofOverlap(numbers),
      },
      true,
    );
    compute.run(second, [partials, loss, slopes]);
    const gradient = compute.output(prediction.shape);
    const third = pointwise({
      ...{ name: "overlap-gradient", size, read: ["truth"], write: ["gradient"] },
      declarations: "@group(0) @binding(2) var<storage, read> slopes: array<f32>;",
      each: "gradient[i] = slopes[0] * truth[i] + slopes[1];",
    });
    compute.run(third, [truth, gradient, slopes]);
    for (const each of [partials, slopes]) compute.release(each);
    return [loss, gradient];
  },
});

/** WGSL: the loss, and its derivatives by the intersection I = Σ y p and by the sum S = Σ (y + p), whose own are y and 1. */
function ofOverlap({ numerator, denominator, smooth, logarithm }: OverlapLoss): string {
  const [n, d, s] = [numerator, denominator, smooth].map(literal) as [string, string, string];
  return `let above = ${n} * intersection + ${s};
    let below = sum - ${d} * intersection + ${s};
    let value = ${logarithm ? "log(below / above)" : "-above / below"};
    result[0] = select(value, above + below, isNaN(above) || isNaN(below));
    slopes[0] = ${logarithm ? `-${d} / below - ${n} / above` : `-(${n} * below + ${d} * above) / (below * below)`};
    slopes[1] = ${logarithm ? "1 / below" : "above / (below * below)"};`;
}
