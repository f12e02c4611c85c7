import { EmStellarError } from "@em-stellar/core";
import { type Device, defineBackend } from "@em-stellar/core/training";
import {
  activate,
  deactivate,
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
  getKernelsForBackend,
  registerBackend,
  removeBackend,
  version_core,
} from "@tensorflow/tfjs-core";
import { compile, isShared } from "./compiled-module.js";
import { openHeap } from "./heap.js";
import { rehearse } from "./rehearse.js";
import { threadedBackendInNode } from "./threaded-backend-in-node.js";
import { wasmKernels } from "./wasm-kernels.js";
import { withoutCrashHandlers } from "./without-crash-handlers.js";

export interface WasmOptions {
  /**
   * Where the `.wasm` files of @tensorflow/tfjs-backend-wasm are: the URL (in Node: the path) of their folder, or one for
   * each file name. `null`: beside the package's own code, which is right in Node and rarely in a bundled page.
   */
  wasmPaths: string | Readonly<Record<string, string>> | null;
  /**
   * Threads for one training. More than one help a single training on an idle machine; several trainings at once are
   * faster with one thread each. In a page they need cross-origin isolation, and the training a Web Worker.
   */
  threads: number;
  /**
   * The instructions that our kernels may use: "relaxed" SIMD has a fused multiply-add and is used where the machine has it;
   * "strict" SIMD rounds alike on every machine; "none" leaves our kernels to loops in JavaScript around those of tfjs.
   */
  simd: "relaxed" | "strict" | "none";
}

const defaults: WasmOptions = { wasmPaths: null, threads: 1, simd: "relaxed" };

/** WebAssembly with SIMD, in Node and in a browser. Starting it gives tfjs's wasm backend the training kernels that it lacks or has wrong. */
export const wasm = defineBackend({
  id: "wasm",
  summary: "WebAssembly with SIMD on the CPU, in Node and in browsers",
  defaults,
  preference: 10,
  check({ wasmPaths, threads, simd }) {
    if (!(wasmPaths === null || typeof wasmPaths === "string" || isMap(wasmPaths)))
      return `needs the folder of the .wasm files for "wasmPaths", or a map from their names to their places, or null, but was given ${JSON.stringify(wasmPaths)}.`;
    if (!Number.isInteger(threads) || threads < 1 || threads > 64)
      return `needs a whole number from 1 to 64 for "threads", but was given ${JSON.stringify(threads)}.`;
    if (!["relaxed", "strict", "none"].includes(simd))
      return `needs "relaxed", "strict" or "none" for "simd", but was given ${JSON.stringify(simd)}.`;
    if (simd === "none" && threads > 1) return 'needs "relaxed" or "strict" for "simd" where "threads" is more than 1.';
    return undefined;
  },
  async start(options: WasmOptions) {
    const wanted = JSON.stringify(options);
    if (running !== undefined && running !== wanted) {
      throw new EmStellarError(
        `backend "wasm" already runs in this process with the options ${running}, and cannot also run with ${wanted}. Dispose of the first device, or give both the same options.`,
      );
    }
    return shareDevice("wasm", () => start(options));
  },
});

/** Options of the device that is started, as JSON: tfjs has one wasm backend in a process. */
let running: string | undefined;

async function start(options: WasmOptions): Promise<Device> {
  running = JSON.stringify(options);
  try {
    return await open(options);
  } catch (cause) {
    running = undefined;
    throw cause;
  }
}

async function open(options: WasmOptions): Promise<Device> {
  const { wasmPaths, threads, simd } = options;
  const packageName = "@tensorflow/tfjs-backend-wasm";
  const tfjsWasm = await import("@tensorflow/tfjs-backend-wasm");
  if (wasmPaths !== null) {
    tfjsWasm.setWasmPaths(typeof wasmPaths === "string" && !wasmPaths.endsWith("/") ? `${wasmPaths}/` : wasmPaths);
  }
  const putBack = threads > 1 && isNode() ? await registerThreaded(tfjsWasm) : () => {};
  if (!(await withoutCrashHandlers(() => activate("wasm")))) {
    const where = wasmPaths === null ? `beside the code of ${packageName}` : JSON.stringify(wasmPaths);
    throw new EmStellarError(
      `backend "wasm" did not start: its .wasm files were looked for ${where}. ` +
        `Copy them from the folder "dist" of ${packageName} and name that place: wasm({ wasmPaths: "/assets/" }).`,
    );
  }
  const heap = openHeap(backend());
  if (threads > 1 && !isShared(heap.memory)) {
    throw new EmStellarError(
      `backend "wasm" was given ${threads} threads, but this page may not share memory between them. Serve it with the headers ` +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use wasm({ threads: 1 }).",
    );
  }
  const compiled = simd === "none" ? undefined : await compile(heap, { threads, relaxed: simd === "relaxed" });
  const stock = getKernelsForBackend("wasm");
  const restore = installKernels(wasmKernels(heap, stock, compiled), gradients());
  const instructions = compiled?.variant ?? "no SIMD";
  return {
    backend: "wasm",
    options,
    description: `wasm (${instructions}, ${threads} ${threads === 1 ? "thread" : "threads"})`,
    details: {
      "tfjs-core": version_core,
      "tfjs-backend-wasm": tfjsWasm.version_wasm,
      simd: instructions,
      threads: String(threads),
    },
    prepare: (model) => foldBatchNorm(fuseUpConvolution(fuseBatchNorm(model))),
    peakBytes: () => heap.size(),
    // Without SIMD, kernels are loops in JavaScript, which take as long where they compute nothing of use.
    ...(compiled && { rehearse: (work: () => void) => rehearse(work, stock, compiled) }),
    async dispose() {
      compiled?.end();
      restore();
      deactivate("wasm");
      putBack();
      running = undefined;
    },
  };
}

/** Puts tfjs's build with threads in the place of its usual one; gives the function that undoes it. */
async function registerThreaded(tfjsWasm: typeof import("@tensorflow/tfjs-backend-wasm")): Promise<() => void> {
  const stock = findBackendFactory("wasm");
  removeBackend("wasm");
  registerBackend("wasm", () => withoutCrashHandlers(() => threadedBackendInNode(tfjsWasm)));
  return () => {
    removeBackend("wasm");
    if (stock) registerBackend("wasm", stock);
  };
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}

function isMap(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && Object.values(value).every((place) => typeof place === "string")
  );
}
