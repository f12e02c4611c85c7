import { EmStellarError } from "@em-stellar/core";
import { type Device, defineBackend } from "@em-stellar/core/training";
import {
  activate,
  BackendUnavailableError,
  dropByKernel,
  foldBatchNorm,
  fuseBatchNorm,
  fuseUpConvolution,
  gradients,
  installKernels,
  shareDevice,
} from "@em-stellar/kernels/backend";
import {
  backend,
  findBackendFactory,
  type KernelBackend,
  matMul,
  memory,
  ones,
  registerBackend,
  removeBackend,
  tidy,
  version_core,
} from "@tensorflow/tfjs-core";
import { isSoftware, nameOf, requestAdapter } from "./adapter.js";
import { openCompute } from "./compute.js";
import { openHalf } from "./convolution/open-half.js";
import { transposedGradient } from "./convolution/transposed-gradient.js";
import { createTuning, type TuningNotes } from "./convolution/tuning.js";
import { failLoudly } from "./fail-loudly.js";
import type { Gpu, GpuAdapterInfo } from "./gpu-types.js";
import { listAdapters } from "./list-adapters.js";
import { openGpu } from "./open-gpu.js";
import { type Precision, precisions } from "./precision.js";
import { describeDevice, requestDevice } from "./request-device.js";
import { tuningNotes } from "./tuning-notes.js";
import { webgpuKernels } from "./webgpu-kernels.js";

export interface WebgpuOptions {
  /** Takes an adapter that computes on the processor (SwiftShader, llvmpipe, WARP): slower than `wasm`, for trying things out. */
  allowSoftware: boolean;
  /**
   * Whether a warm-up measures which of several ways to share out a convolution is the fastest on this GPU, and remembers it
   * for the next program; `null`: on a GPU, not on software, which takes too long to compile them.
   */
  tune: boolean | null;
  /**
   * In what convolutions multiply. `mixed-float16` rounds their factors to float16, adds up in float32 and keeps weights in
   * float32, with gradients scaled into float16's range; on GPUs whose tensor cores WebGPU offers, these multiply. It needs an
   * adapter with `shader-f16`, else it is refused.
   */
  precision: "float32" | "mixed-float16";
}

const defaults: WebgpuOptions = { allowSoftware: false, tune: null, precision: "float32" };

/** WebGPU: in a browser its own, in Node that of the package `webgpu` (Dawn). Tensors are read with `data()`; in Node there is no `dataSync()`. */
export const webgpu = defineBackend({
  id: "webgpu",
  summary: "WebGPU on a GPU, in browsers and in Node (package webgpu)",
  defaults,
  preference: 30,
  check({ precision }) {
    if (precisions.includes(precision)) return undefined;
    return `needs ${precisions.map((name) => `"${name}"`).join(" or ")} for "precision", but was given ${JSON.stringify(precision)}.`;
  },
  async start(options: WebgpuOptions) {
    const device = await shareDevice("webgpu", () => start(options));
    const { precision } = device.details;
    if (precision === options.precision) return device;
    await device.dispose(); // only the hold of it
    throw new EmStellarError(
      `backend "webgpu" already runs in this process with the precision "${precision}", and cannot also run with "${options.precision}". Dispose of the first device, or give both the same precision.`,
    );
  },
  devices: listAdapters,
});

async function start(options: WebgpuOptions): Promise<Device> {
  const { allowSoftware, tune, precision } = options;
  const { gpu, defineGlobals } = await openGpu(precision);
  const adapter = await requestAdapter(gpu, allowSoftware);
  const tfjsWebgpu = await import("@tensorflow/tfjs-backend-webgpu");
  const device = await requestDevice(adapter, precision);
  const removeGlobals = defineGlobals();
  // Registered in a browser, where it would choose a device of its own; elsewhere null, which its type conceals.
  const stock = findBackendFactory("webgpu") as ReturnType<typeof findBackendFactory> | null;
  if (stock) removeBackend("webgpu");
  const release = () => {
    removeBackend("webgpu");
    if (stock) registerBackend("webgpu", stock);
    device.destroy();
    removeGlobals();
  };
  registerBackend("webgpu", () =>
    withNavigatorGpu(gpu, () => {
      // Both are the standard's own objects, of which this package declares a part.
      const Backend = tfjsWebgpu.WebGPUBackend as unknown as new (device: unknown, info: unknown) => KernelBackend;
      const started = new Backend(device, adapter.info);
      failLoudly(started, device);
      return started;
    }),
  );
  const software = isSoftware(adapter.info);
  let kernels: Installed;
  try {
    if (!(await activate("webgpu"))) throw new Error("tfjs logged the reason above");
    await tryOut();
    kernels = await install(adapter.info, {
      precision,
      withTensorCores: !software || tune === true,
      notes: (tune ?? !software) ? tuningNotes(nameOf(adapter.info)) : undefined,
    });
  } catch (cause) {
    release();
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "failed",
      problem: `tfjs ${version_core} does not work on ${nameOf(adapter.info)}: ${cause instanceof Error ? cause.message : cause}.`,
      remedy: "A newer driver of the GPU may help.",
    });
  }
  let peak = 0;
  const remarks = [...(software ? ["software on the processor"] : []), ...(precision === "float32" ? [] : [precision])];
  return {
    backend: "webgpu",
    options,
    description: `webgpu (${[nameOf(adapter.info), ...remarks].join(", ")})`,
    details: {
      "tfjs-core": version_core,
      adapter: nameOf(adapter.info),
      vendor: adapter.info.vendor,
      architecture: adapter.info.architecture,
      driver: adapter.info.description,
      software: String(software),
      precision,
      ...(kernels.tensorCores !== undefined && { "tensor cores": kernels.tensorCores }),
      ...describeDevice(device),
    },
    prepare: (model) => dropByKernel(foldBatchNorm(fuseUpConvolution(fuseBatchNorm(model)))),
    workers: [{}], // one training makes use of the whole GPU
    warmUp: kernels.warmUp,
    peakBytes() {
      // tfjs keeps the buffers of tensors that are gone for later ones, so what it holds hardly ever shrinks.
      const { numBytesAllocatedInGPU } = memory() as { numBytesAllocatedInGPU?: number }; // its type is that of any backend
      peak = Math.max(peak, numBytesAllocatedInGPU ?? 0);
      return peak;
    },
    async dispose() {
      kernels.restore();
      release();
    },
  };
}

interface Installed {
  /** Whether they multiply, and why not; absent in single precision. */
  readonly tensorCores: string | undefined;
  readonly warmUp: NonNullable<Device["warmUp"]>;
  readonly restore: () => void;
}

interface Wanted {
  readonly precision: Precision;
  readonly withTensorCores: boolean;
  readonly notes: TuningNotes | undefined;
}

/** Puts our kernels in the place of tfjs's. */
async function install(info: GpuAdapterInfo, { precision, withTensorCores, notes }: Wanted): Promise<Installed> {
  const compute = await openCompute(backend());
  const { half, tensorCores } =
    precision === "float32" ? {} : await openHalf(compute, backend(), info, withTensorCores);
  const tuning = await createTuning(compute, notes);
  return {
    tensorCores,
    restore: installKernels(webgpuKernels(compute, tuning, half), [
      ...gradients(),
      ...(half ? [transposedGradient] : []),
    ]),
    async *warmUp(step) {
      const rehearse = () => compute.rehearse(() => tidy(step));
      rehearse();
      yield* tuning.tune();
      rehearse(); // with the tiles that were found
      yield* compute.compiled();
    },
  };
}

/** Multiplies two matrices of ones: a driver that cannot compile or run a kernel is found out before training. */
async function tryOut(): Promise<void> {
  const product = tidy(() => matMul(ones([32, 32]), ones([32, 32])));
  const values = await product.data();
  product.dispose();
  if (values.some((value) => value !== 32)) throw new Error("it multiplies matrices wrongly");
}

/** Runs `create` while `navigator.gpu` is there: the constructor of tfjs's backend refuses to work without, and nothing else reads it. */
function withNavigatorGpu<Result>(gpu: Gpu, create: () => Result): Result {
  const scope = globalThis as { navigator?: { gpu?: Gpu } };
  if (scope.navigator?.gpu) return create();
  const holder = scope.navigator ?? globalThis;
  const [name, value] = scope.navigator ? ["gpu", gpu] : ["navigator", { gpu }];
  Object.defineProperty(holder, name, { value, configurable: true });
  try {
    return create();
  } finally {
    Reflect.deleteProperty(holder, name);
  }
}
