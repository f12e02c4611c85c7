import { EmStellarError } from "@em-stellar/core";
import { type Device, defineBackend } from "@em-stellar/core/training";
import { backend, env, version_core } from "@tensorflow/tfjs-core";
import { activate, deactivate } from "./activate.js";
import { fuseBatchNorm } from "./batch-norm-in-training.js";
import { importPackage } from "./import-package.js";
import { installKernels } from "./install-kernels.js";
import { shareDevice } from "./share-device.js";
import { openHeap } from "./wasm/heap.js";
import { wasmGradients, wasmKernels } from "./wasm/kernels.js";
import { withoutCrashHandlers } from "./without-crash-handlers.js";

export interface WasmOptions {
  /**
   * Where the `.wasm` files of @tensorflow/tfjs-backend-wasm are: the URL (in Node: the path) of their folder, or one for
   * each file name. `null`: beside the package's own code, which is right in Node and rarely in a bundled page.
   */
  wasmPaths: string | Readonly<Record<string, string>> | null;
}

const defaults: WasmOptions = { wasmPaths: null };

/** WebAssembly with SIMD, in Node and in a browser. Starting it gives tfjs's wasm backend the training kernels that it lacks or has wrong. */
export const wasm = defineBackend({
  id: "wasm",
  summary: "WebAssembly with SIMD on the CPU, in Node and in browsers",
  defaults,
  check: ({ wasmPaths }) =>
    wasmPaths === null || typeof wasmPaths === "string" || isMap(wasmPaths)
      ? undefined
      : `needs the folder of the .wasm files for "wasmPaths", or a map from their names to their places, or null, but was given ${JSON.stringify(wasmPaths)}.`,
  start: (options: WasmOptions) => shareDevice("wasm", () => start(options)),
});

async function start({ wasmPaths }: WasmOptions): Promise<Device> {
  const packageName = "@tensorflow/tfjs-backend-wasm";
  const tfjsWasm = await importPackage("wasm", packageName, () => import("@tensorflow/tfjs-backend-wasm"));
  if (wasmPaths !== null) {
    tfjsWasm.setWasmPaths(typeof wasmPaths === "string" && !wasmPaths.endsWith("/") ? `${wasmPaths}/` : wasmPaths);
  }
  if (!(await withoutCrashHandlers(() => activate("wasm")))) {
    const where = wasmPaths === null ? `beside the code of ${packageName}` : JSON.stringify(wasmPaths);
    throw new EmStellarError(
      `backend "wasm" did not start: its .wasm files were looked for ${where}. ` +
        `Copy them from the folder "dist" of ${packageName} and name that place: wasm({ wasmPaths: "/assets/" }).`,
    );
  }
  const heap = openHeap(backend());
  const restore = installKernels(wasmKernels(heap), wasmGradients());
  const simd = (await env().getAsync("WASM_HAS_SIMD_SUPPORT")) === true;
  const threads = tfjsWasm.getThreadsCount();
  return {
    backend: "wasm",
    description: `wasm (${simd ? "SIMD" : "no SIMD"}, ${threads} ${threads === 1 ? "thread" : "threads"})`,
    details: {
      "tfjs-core": version_core,
      "tfjs-backend-wasm": tfjsWasm.version_wasm,
      simd: String(simd),
      threads: String(threads),
    },
    prepare: fuseBatchNorm,
    peakBytes: () => heap.size(),
    async dispose() {
      restore();
      deactivate("wasm");
    },
  };
}

function isMap(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && Object.values(value).every((place) => typeof place === "string")
  );
}
