import type { Device } from "@em-stellar/core/training";
import {
  add,
  backend,
  findBackendFactory,
  type KernelBackend,
  registerBackend,
  removeBackend,
  tidy,
  version_core,
} from "@tensorflow/tfjs-core";
import { activate } from "../activate.js";
import { BackendUnavailableError } from "../backend-unavailable-error.js";
import { trackPeakBytes } from "../cpu/track-peak-bytes.js";
import { nodeProcess } from "../node-process.js";
import { explainFailure, gpuNeeds } from "./explain-failure.js";
import { loadBuild, type PackageName, tfjsName } from "./load-build.js";

/** What is read of tfjs-node's backend. */
interface TensorflowBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

export interface TensorflowStart {
  /** Id of the backend that is started: it stands in errors and in the device. */
  readonly id: "cuda" | "tensorflow";
  readonly packageName: PackageName;
  /** A package that does as well if it is loaded already. */
  readonly orElse?: PackageName;
  readonly gpu: boolean;
}

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
  // Else TensorFlow takes all memory of the GPU at once, and a second process finds none. Read when the library starts.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
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
  return {
    backend: id,
    description: `${id} (TensorFlow ${binding.TF_Version} on ${gpu ? "an NVIDIA GPU" : "the processor"})`,
    details: {
      "tfjs-core": version_core,
      [build.packageName.slice("@tensorflow/".length)]: build.version,
      TensorFlow: binding.TF_Version,
    },
    prepare: (model) => model,
    peakBytes: trackPeakBytes(),
    async dispose() {
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
