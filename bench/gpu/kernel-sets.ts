import * as tf from "@tensorflow/tfjs-core";

/** The kernels of the webgpu backend at one moment, with the gradients of the operations of those names. */
export interface KernelSet {
  readonly kernels: readonly tf.KernelConfig[];
  readonly gradients: ReadonlyMap<string, tf.GradConfig>;
}

/** What is registered now. */
export function currentKernels(): KernelSet {
  const kernels = tf.getKernelsForBackend("webgpu");
  const gradients = new Map<string, tf.GradConfig>();
  for (const { kernelName } of kernels) {
    const gradient = tf.getGradient(kernelName);
    if (gradient) gradients.set(kernelName, gradient);
  }
  return { kernels, gradients };
}

/** Registers a set in place of what is there; gives the function that puts that back. */
export function switchTo(set: KernelSet): () => void {
  const before = currentKernels();
  replace(before, set);
  return () => replace(set, before);
}

function replace(old: KernelSet, next: KernelSet): void {
  for (const { kernelName } of old.kernels) tf.unregisterKernel(kernelName, "webgpu");
  for (const name of old.gradients.keys()) tf.unregisterGradient(name);
  for (const kernel of next.kernels) tf.registerKernel(kernel);
  for (const gradient of next.gradients.values()) tf.registerGradient(gradient);
}

/** A kernel's function. Throws where the set has none of that name. */
export function kernelOf({ kernels }: KernelSet, name: string): tf.KernelConfig["kernelFunc"] {
  const kernel = kernels.find(({ kernelName }) => kernelName === name);
  if (!kernel) throw new Error(`There is no kernel ${name} for webgpu.`);
  return kernel.kernelFunc;
}
