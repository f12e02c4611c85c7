import { BackendUnavailableError } from "../backend-unavailable-error.js";
import { nodeProcess } from "../node-process.js";

/** What an NVIDIA GPU needs for the GPU build of TensorFlow that tfjs 4.22 comes with. */
export const gpuNeeds =
  "It needs an NVIDIA GPU with its driver (`nvidia-smi` lists it), CUDA 11.2 and cuDNN 8.1, in the library path.";

/** Turns an error of loading or trying one of TensorFlow's native packages into one that says what to do. */
export function explainFailure(backend: string, packageName: string, cause: unknown): BackendUnavailableError {
  const [line = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  const unavailable = (problem: string, remedy: string) =>
    new BackendUnavailableError({ backend, status: "failed", problem, remedy });
  const node = nodeProcess()?.versions.node ?? "";
  if (Number.parseInt(node, 10) >= 23) {
    return unavailable(`${packageName} 4.22 does not work on Node ${node} (${line}).`, "Use Node 20 or 22.");
  }
  const rebuild = `Fetch it: npm rebuild ${packageName}, with install scripts allowed and the network open to storage.googleapis.com.`;
  if (cause instanceof Error && "code" in cause && cause.code === "ERR_DLOPEN_FAILED") {
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
