import type { KernelConfig } from "@tensorflow/tfjs-core";
import type { Compute } from "./compute.js";

/** A kernel of the webgpu backend. `stock` is tfjs's own kernel of that name, for what ours does not cover. */
export type GpuKernel = (
  compute: Compute,
  stock: (name: string) => KernelConfig["kernelFunc"],
) => Omit<KernelConfig, "backendName">;
