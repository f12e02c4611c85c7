import type { KernelConfig } from "@tensorflow/tfjs-core";
import type { Compiled } from "./compiled-module.js";
import type { Heap } from "./heap.js";

/** A kernel of the wasm backend over its memory. `stock` is tfjs's own kernel of that name, where there is one. */
export type Kernel = (heap: Heap, stock: Stock) => Omit<KernelConfig, "backendName">;

/** Likewise, with our compiled kernels at hand. */
export type CompiledKernel = (heap: Heap, compiled: Compiled, stock: Stock) => Omit<KernelConfig, "backendName">;

type Stock = (name: string) => KernelConfig["kernelFunc"];
