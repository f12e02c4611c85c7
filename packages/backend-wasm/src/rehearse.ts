import { activate, attributesOf } from "@em-stellar/kernels/backend";
import {
  type BatchMatMulAttrs,
  backend,
  broadcast_util,
  findBackendFactory,
  getKernelsForBackend,
  type KernelBackend,
  type KernelConfig,
  registerBackend,
  registerKernel,
  removeBackend,
  type TensorInfo,
  tidy,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { type Compiled, silent } from "./compiled-module.js";
import { type Heap, openSilentHeap } from "./heap.js";
import { wasmKernels } from "./wasm-kernels.js";
import { withoutCrashHandlers } from "./without-crash-handlers.js";

const name = "wasm-rehearsal";

/**
 * Does `work` on a second backend that computes next to nothing, and gives the size that its memory has to grow to. Memory that
 * nobody writes to costs nothing, so this takes a fraction of a second and little memory, and yet the gaps between tensors, the
 * scratch space and the steps in which memory grows are those of the real work. `stock` are tfjs's own kernels.
 */
export async function rehearse(work: () => void, stock: readonly KernelConfig[], compiled: Compiled): Promise<number> {
  const real = backend();
  const make = findBackendFactory("wasm");
  const second = await withoutCrashHandlers(async () => make());
  const heap = openSilentHeap(second);
  const kernels = new Map(getKernelsForBackend("wasm").map((kernel) => [kernel.kernelName, kernel]));
  const lazy = stock.map((kernel) => (kernel.kernelName === "BatchMatMul" ? emptyProduct(kernel, heap) : kernel));
  for (const kernel of wasmKernels(heap, lazy, silent(compiled, heap))) kernels.set(kernel.kernelName, kernel);
  registerBackend(name, () => second);
  for (const kernel of kernels.values()) registerKernel({ ...kernel, backendName: name });
  try {
    await activate(name);
    setUp(stock, second);
    tidy(work); // nothing may be left on a backend that ends
    return heap.size();
  } finally {
    for (const kernelName of kernels.keys()) unregisterKernel(kernelName, name);
    await activate("wasm");
    removeBackend(name);
    setUp(stock, real);
  }
}

/** Has tfjs's kernels call the functions of one backend: they know only one at a time. */
function setUp(kernels: readonly KernelConfig[], backend: KernelBackend): void {
  for (const { setupFunc } of kernels) setupFunc?.(backend);
}

/** The only kernel of tfjs in our networks that computes for long: it goes by shapes, whatever its tensors are said to hold. */
function emptyProduct(kernel: KernelConfig, heap: Heap): KernelConfig {
  return {
    ...kernel,
    kernelFunc({ inputs, attrs }) {
      const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
      const { transposeA, transposeB } = attributesOf<BatchMatMulAttrs>(attrs);
      const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const [rows, columns] = [a.shape.at(transposeA ? -1 : -2), b.shape.at(transposeB ? -2 : -1)] as [number, number];
      return heap.allocate([...batch, rows, columns]);
    },
  };
}
