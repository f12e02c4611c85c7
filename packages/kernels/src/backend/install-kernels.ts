import {
  type GradConfig,
  getGradient,
  getKernel,
  type KernelConfig,
  registerGradient,
  registerKernel,
  unregisterGradient,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

/** Registers kernels and gradients in place of those of the same names; gives the function that puts the old ones back. */
export function installKernels(kernels: readonly KernelConfig[], gradients: readonly GradConfig[]): () => void {
  const undo: (() => void)[] = [];
  for (const kernel of kernels) {
    const { kernelName, backendName } = kernel;
    const stock = getKernel(kernelName, backendName);
    if (stock) unregisterKernel(kernelName, backendName);
    registerKernel(kernel);
    undo.push(() => {
      unregisterKernel(kernelName, backendName);
      if (stock) registerKernel(stock);
    });
  }
  for (const gradient of gradients) {
    const stock = getGradient(gradient.kernelName);
    registerGradient(gradient);
    undo.push(() => (stock ? registerGradient(stock) : unregisterGradient(gradient.kernelName)));
  }
  return () => {
    for (const step of undo.reverse()) step();
  };
}
