import { BackendUnavailableError, nodeProcess } from "@em-stellar/kernels/backend";

/** What an NVIDIA GPU needs for the GPU build of TensorFlow that tfjs 4.22 comes with. */
export const gpuNeeds =
  "It needs an NVIDIA GPU with its driver (`nvidia-smi` lists it), CUDA 11.2 and cuDNN 8.1, in the library path (LD_LIBRARY_PATH; on Windows PATH).";

/** Versions of Node from which on tfjs-node 4.22 calls what is no longer there. */
const nodeTooNew = 23;

/** Turns an error of loading or trying one of TensorFlow's native packages into one that says what to do. */
export function explainFailure(backend: string, packageName: string, cause: unknown): BackendUnavailableError {
  const [line = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  const unavailable = (problem: string, remedy: string) =>
    new BackendUnavailableError({ backend, status: "failed", problem, remedy });
  if (isNodeTooNew()) {
    return unavailable(`${packageName} 4.22 does not work on Node ${nodeVersion()} (${line}).`, "Use Node 20 or 22.");
  }
  const rebuild = `Fetch it: npm rebuild ${packageName}, with install scripts allowed and the network open to storage.googleapis.com.`;
  if (cause instanceof Error && "code" in cause && cause.code === "ERR_DLOPEN_FAILED") {
    const missing = /^(lib[^:\s]+): cannot open shared object file/.exec(line)?.[1];
    if (missing !== undefined && !missing.startsWith("libtensorflow")) {
      const problem = `${packageName} needs the library ${missing}, which is not found.`;
      const ofCuda = /^lib(cu|nv|nccl)/.test(missing);
      return unavailable(problem, ofCuda ? gpuNeeds : "Install the package of your system that brings it.");
    }
    const gpu = packageName.endsWith("gpu") ? ` ${gpuNeeds}` : "";
    return unavailable(`The native library of ${packageName} cannot be loaded: ${line}.`, `${rebuild}${gpu}`);
  }
  if (line.includes("tfjs_binding.node")) {
    return unavailable(`${packageName} was installed without its native library, tfjs_binding.node.`, rebuild);
  }
  return unavailable(
    `${packageName} cannot be used: ${line}.`,
    `Install it afresh: npm install ${packageName}@^4.22.0`,
  );
}

/** What to do where a package is not there: on a Node that it does not work with, not only to install it. */
export function howToInstall(packageName: string): string {
  const node = isNodeTooNew()
    ? `It does not work on Node ${nodeVersion()}: use Node 20 or 22, and install it`
    : "Install it";
  return `${node}: npm install ${packageName}@^4.22.0`;
}

function nodeVersion(): string {
  return nodeProcess()?.versions.node ?? "";
}

function isNodeTooNew(): boolean {
  return Number.parseInt(nodeVersion(), 10) >= nodeTooNew;
}
