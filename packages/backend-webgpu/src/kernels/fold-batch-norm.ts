import { foldBatchNormName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { literal, storage, widthOf } from "./wgsl.js";

/** A batch normalization in prediction as part of the filter and the bias before it, in one shader. */
export const foldBatchNorm: GpuKernel = (compute) => ({
  kernelName: foldBatchNormName,
  kernelFunc({ inputs, attrs }) {
    const { filter, movingMean, movingVariance, gamma, beta, bias } = inputs as Inputs;
    const { epsilon } = attrs as { epsilon: number };
    const channels = filter.shape.at(-1) as number;
    const size = util.sizeFromShape(filter.shape);
    const width = widthOf(channels);
    const optional = { ...(gamma && { gamma }), ...(beta && { beta }), ...(bias && { bias }) };
    const read = { filter_: "V", mean: "V", variance: "V" };
    const alsoRead = Object.fromEntries(Object.keys(optional).map((name) => [name, "V"]));
    const [newFilter, newBias] = [compute.output(filter.shape), compute.output([channels])];
    const write = () =>
      threadForEach(
        "fold-batch-norm",
        size / width,
        width,
        storage({ ...read, ...alsoRead }, { newFilter: "V", newBias: "V" }),
        `let channel = i % ${channels / width}u;
  let scale = ${gamma ? "gamma[channel]" : "V(1)"} * inverseSqrt(variance[channel] + ${literal(epsilon)});
  newFilter[i] = filter_[i] * scale;
  if (i == channel) {
    newBias[i] = ${beta ? "beta[channel]" : "V(0)"} - (mean[channel]${bias ? " - bias[channel]" : ""}) * scale;
  }`,
      );
    const shader = compute.written(`fold-batch-norm ${filter.shape} ${Object.keys(optional)} ${epsilon}`, write);
    compute.run(shader, [filter, movingMean, movingVariance, ...Object.values(optional), newFilter, newBias]);
    return [newFilter, newBias];
  },
});

type Inputs = Readonly<Record<"filter" | "movingMean" | "movingVariance", TensorInfo>> &
  Readonly<Partial<Record<"gamma" | "beta" | "bias", TensorInfo>>>;
