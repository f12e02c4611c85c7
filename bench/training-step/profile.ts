import * as tf from "@tensorflow/tfjs-core";

/** The share of each kernel in the time of all, of one run on the current backend; only where kernels run as they are called. */
export async function profile(run: () => Promise<unknown>): Promise<Record<string, number>> {
  const times = new Map<string, number>();
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const replace = (kernel: tf.KernelConfig) => {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(kernel);
  };
  let inside = false; // the time of a kernel that calls others is its own
  for (const kernel of kernels) {
    replace({
      ...kernel,
      kernelFunc(call) {
        if (inside) return kernel.kernelFunc(call);
        inside = true;
        const start = performance.now();
        try {
          return kernel.kernelFunc(call);
        } finally {
          times.set(kernel.kernelName, (times.get(kernel.kernelName) ?? 0) + performance.now() - start);
          inside = false;
        }
      },
    });
  }
  const start = performance.now();
  await run();
  const total = performance.now() - start;
  for (const kernel of kernels) replace(kernel);
  const shares = [...times].map(([name, time]): [string, number] => [name, time / total]);
  const between = 1 - shares.reduce((sum, [, share]) => sum + share, 0);
  return Object.fromEntries([...shares, ["between kernels", between] as const].sort((a, b) => b[1] - a[1]));
}
