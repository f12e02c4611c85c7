/** What training would run on, from a look at the browser; only starting a backend tells for sure. */
export interface DeviceGuess {
  readonly kind: "webgpu" | "threads" | "wasm";
  /** For the badge: `GPU (nvidia ampere)`. */
  readonly name: string;
  /** What that means to a user, in a sentence. */
  readonly meaning: string;
  /** Why nothing faster, a sentence for each. */
  readonly reasons: readonly string[];
}

/** What is used of WebGPU (https://www.w3.org/TR/webgpu), which TypeScript's own types lack. */
interface Gpu {
  requestAdapter(options: { powerPreference: "high-performance" }): Promise<GpuAdapter | null>;
}
interface GpuAdapter {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly isFallbackAdapter?: boolean };
}

/** Looks for a GPU, then for threads, without loading a backend. */
export async function guessDevice(): Promise<DeviceGuess> {
  const { gpu } = navigator as { gpu?: Gpu }; // absent in browsers without WebGPU
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  const isGpu = adapter && adapter.info.isFallbackAdapter !== true && !/swiftshader/i.test(adapter.info.architecture);
  if (isGpu) {
    const { vendor, architecture } = adapter.info;
    const model = [vendor, architecture].filter(Boolean).join(" ");
    return {
      kind: "webgpu",
      name: model === "" ? "GPU" : `GPU (${model})`,
      meaning: "Networks train on the graphics processor of this computer, through WebGPU.",
      reasons: [],
    };
  }
  const noGpu = gpu
    ? "The browser finds no graphics processor that it may use. A page such as chrome://gpu says why."
    : "This browser has no WebGPU. A current Chrome, Edge or Safari has it.";
  const cores = navigator.hardwareConcurrency;
  if (crossOriginIsolated && cores > 1) {
    return {
      kind: "threads",
      name: "Processor, several threads",
      meaning: `Networks train on the processor of this computer, which has ${cores} cores. It is slower than a graphics processor.`,
      reasons: [noGpu],
    };
  }
  return {
    kind: "wasm",
    name: "Processor, one thread",
    meaning: "Networks train on one core of the processor of this computer. It is slower than a graphics processor.",
    reasons: [
      noGpu,
      cores > 1
        ? "The server sends this page without the headers that threads need (COOP and COEP), so that only one core is used."
        : "This computer has one core.",
    ],
  };
}
