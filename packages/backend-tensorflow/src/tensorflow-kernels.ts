import { getKernel, type KernelConfig } from "@tensorflow/tfjs-core";
import { batchNorm, batchNormGrad } from "./batch-norm.js";
import { tfjsName } from "./load-build.js";
import { maxPool } from "./max-pool.js";
import { prelu, preluGrad } from "./prelu.js";
import { reluGrad } from "./relu-grad.js";
import { transform } from "./transform.js";

/** What tfjs-node 4.22 lacks, does wrong or makes of many operations. Its own kernels must be registered before. */
export function tensorflowKernels(): KernelConfig[] {
  const stock = getKernel("MaxPool", tfjsName);
  if (!stock) throw new Error("no kernel MaxPool");
  return [maxPool(stock), transform, batchNorm, batchNormGrad, reluGrad, prelu, preluGrad];
}
