import type { KernelConfig } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";

/** A kernel of the wasm backend over its memory. `stock` is tfjs's own kernel of that name, where there is one. */
export type Kernel = (
  heap: Heap,
  stock: (name: string) => KernelConfig["kernelFunc"],
) => Omit<KernelConfig, "backendName">;
