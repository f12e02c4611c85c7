import type { Device } from "@em-stellar/core/training";
import {
  activate,
  BackendUnavailableError,
  fuseBatchNorm,
  gradients,
  installKernels,
  nodeProcess,
} from "@em-stellar/kernels/backend";
import {
  add,
  backend,
  findBackendFactory,
  registerBackend,
  removeBackend,
  tidy,
  version_core,
} from "@tensorflow/tfjs-core";
import { explainFailure, gpuNeeds } from "./explain-failure.js";
import { loadBuild, type PackageName, tfjsName } from "./load-build.js";
import { listNvidiaGpus } from "./nvidia-gpus.js";
import type { TensorflowBackend } from "./tensorflow-backend.js";
import { tensorflowKernels } from "./tensorflow-kernels.js";
import { trackPeakBytes } from "./track-peak-bytes.js";
import { visibleGpus } from "./visible-gpus.js";

export interface TensorflowStart {
  /** Id of the backend that is started, for errors and the device. */
  readonly id: "cuda" | "tensorflow";
  readonly packageName: PackageName;
  /** A package that does as well if it is loaded already. */
  readonly orElse?: PackageName;
  readonly gpu: boolean;
}

/** What the native library reads as it starts; what the user has set stands. */
const environment = {
  // Else TensorFlow takes all memory of the GPU at once, and a second process finds none.
  TF_FORCE_GPU_ALLOW_GROWTH: "true",
  // Its kernels of oneDNN give wrong filter gradients now and then: docs/tfjs-bugs.md.
  TF_ENABLE_ONEDNN_OPTS: "0",
  // Warnings and errors, but not what it says each time of the processor.
  TF_CPP_MIN_LOG_LEVEL: "1",
  // Numbers GPUs as `nvidia-smi` does.
  CUDA_DEVICE_ORDER: "PCI_BUS_ID",
};

/** Starts TensorFlow's native library and makes it tfjs's current backend. Throws a `BackendUnavailableError`. */
export async function startTensorflow({ id, packageName, orElse, gpu }: TensorflowStart): Promise<Device> {
  const process = nodeProcess();
  if (!process) {
    throw new BackendUnavailableError({
      backend: id,
      status: "missing",
      problem: "TensorFlow's native library runs in Node only.",
      remedy: 'In a browser use "webgpu" or "wasm".',
    });
  }
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
  const build = await loadBuild(id, packageName, orElse);
  if (findBackendFactory(tfjsName)) throw takenByGpu(id);
  registerBackend(tfjsName, build.factory);
  try {
    if (!(await activate(tfjsName))) throw new Error("tfjs could not start it, and logged the reason above");
    tidy(() => add(1, 1).dataSync());
  } catch (cause) {
    removeBackend(tfjsName);
    throw explainFailure(id, build.packageName, cause);
  }
  const { isUsingGpuDevice, binding } = backend() as TensorflowBackend; // registered by tfjs-node under this name
  if (gpu !== isUsingGpuDevice) {
    removeBackend(tfjsName);
    throw gpu ? noGpu(id, build.packageName) : takenByGpu(id);
  }
  const gpus = gpu ? await listNvidiaGpus() : [];
  const visible = visibleGpus(gpus, process.env.CUDA_VISIBLE_DEVICES);
  const known = gpus.length < 2 || process.env.CUDA_DEVICE_ORDER === environment.CUDA_DEVICE_ORDER; // by which number
  const used = gpu && known ? visible[0]?.gpu : undefined; // the first that it sees
  const restore = installKernels(tensorflowKernels(), gradients());
  return {
    backend: id,
    options: {},
    description: `${id} (TensorFlow ${binding.TF_Version} on ${gpu ? (used?.name ?? "an NVIDIA GPU") : "the processor"})`,
    details: {
      "tfjs-core": version_core,
      [build.packageName.slice("@tensorflow/".length)]: build.version,
      TensorFlow: binding.TF_Version,
      ...(used && { gpu: used.name }),
      ...(used?.memoryMiB !== undefined && { "gpu memory": `${used.memoryMiB} MiB` }),
      ...(used?.driver !== undefined && { driver: used.driver }),
    },
    // One training makes use of a whole GPU, or of all cores.
    workers: gpu && visible.length > 0 ? visible.map(({ device }) => ({ CUDA_VISIBLE_DEVICES: device })) : [{}],
    prepare: fuseBatchNorm,
    peakBytes: trackPeakBytes(),
    async dispose() {
      restore();
      removeBackend(tfjsName);
    },
  };
}

function noGpu(id: string, packageName: string): BackendUnavailableError {
  const problem = `${packageName} starts, but finds no GPU that it can use.`;
  return new BackendUnavailableError({ backend: id, status: "failed", problem, remedy: gpuNeeds });
}

function takenByGpu(id: string): BackendUnavailableError {
  const problem = "The TensorFlow of this process computes on the GPU.";
  return new BackendUnavailableError({
    backend: id,
    status: "failed",
    problem,
    remedy: 'Name "cuda", or start it in a process of its own.',
  });
}
