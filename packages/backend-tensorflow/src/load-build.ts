import { activate, BackendUnavailableError, importInNode, importPackage } from "@em-stellar/kernels/backend";
import {
  findBackendFactory,
  getBackend,
  getKernelsForBackend,
  type KernelBackend,
  removeBackend,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { explainFailure, howToInstall } from "./explain-failure.js";

/** The name under which both packages register themselves with tfjs. */
export const tfjsName = "tensorflow";

export type PackageName = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** TensorFlow's native library, loaded from one of its two packages. */
export interface Build {
  readonly packageName: PackageName;
  readonly version: string;
  /** Makes the backend that the package registered when it was loaded. */
  readonly factory: () => KernelBackend | Promise<KernelBackend>;
}

/** Both packages register the same kernels under the same names, so a process uses the first that it loads. */
let loaded: Build | undefined;

/**
 * Loads TensorFlow's native library; `orElse` is a package that does as well if this process has loaded it before. Leaves
 * no backend registered and the current one as it was. Throws a `BackendUnavailableError` that says what to do.
 */
export async function loadBuild(backend: string, packageName: PackageName, orElse?: PackageName): Promise<Build> {
  if (loaded) {
    if (loaded.packageName === packageName || loaded.packageName === orElse) return loaded;
    throw new BackendUnavailableError({
      backend,
      status: "failed",
      problem: `This process has loaded ${loaded.packageName}, and cannot also load ${packageName}.`,
      remedy: "Start it in a separate process.",
    });
  }
  const before: string | null = getBackend(); // null where none is current, which its type conceals
  try {
    const load = () => importInNode(packageName);
    const module = (await importPackage(backend, packageName, load, howToInstall(packageName))) as {
      readonly version?: Readonly<Record<string, string>>; // tfjs-node's documented export
    };
    const factory = findBackendFactory(tfjsName);
    if (!factory) {
      throw new BackendUnavailableError({
        backend,
        status: "failed",
        problem: `${packageName} came with another copy of @tensorflow/tfjs-core than this program uses.`,
        remedy: "See `npm ls @tensorflow/tfjs-core`, and install one version of all tfjs packages: 4.22.0.",
      });
    }
    loaded = { packageName, version: module.version?.["tfjs-node"] ?? "unknown", factory };
    return loaded;
  } catch (cause) {
    for (const { kernelName } of getKernelsForBackend(tfjsName)) unregisterKernel(kernelName, tfjsName);
    throw cause instanceof BackendUnavailableError ? cause : explainFailure(backend, packageName, cause);
  } finally {
    if (findBackendFactory(tfjsName)) removeBackend(tfjsName);
    if (before) await activate(before);
  }
}
