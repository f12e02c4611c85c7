import type { KernelBackend } from "@tensorflow/tfjs-core";

/** What tfjs's threaded build gives; the package declares nothing of it. */
interface ThreadedModule {
  cwrap(name: string, result: string | null, parameters: readonly string[]): (...given: readonly number[]) => number;
  readonly PThread: { terminateAllThreads(): void };
  tfjs?: Readonly<Record<string, (...given: readonly number[]) => number>>;
}

interface Modules {
  createRequire(from: string): { (name: string): unknown; resolve(name: string): string };
}

const build = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd";

/**
 * tfjs's wasm backend over shared memory, which it offers to pages alone: in Node its build with threads starts too, where
 * its helpers are made to. XNNPACK gets one thread; it is the memory that counts, for threads of our own.
 */
export async function threadedBackendInNode({
  BackendWasm,
}: {
  readonly BackendWasm: new (module: never) => KernelBackend;
}): Promise<KernelBackend> {
  // Neutral code knows neither Node's globals nor where its own file lies.
  const { process, URL } = globalThis as unknown as {
    readonly process: { getBuiltinModule(name: "module"): Modules };
    readonly URL: new (url: string) => object;
  };
  const { url } = import.meta as unknown as { readonly url: string };
  const require = process.getBuiltinModule("module").createRequire(url);
  const start = require(`${build}.js`) as (options: object) => Promise<ThreadedModule>;
  const { wasmWorkerContents } = require(`${build}.worker.js`) as { readonly wasmWorkerContents: string };
  // Written for a file of its own that Node takes for a script; as a URL it needs no file, but is a module.
  const helper = `const require = process.getBuiltinModule("module").createRequire(process.execPath), __filename = "";
${wasmWorkerContents.replaceAll("\n", "\\n")}`;
  const module = await start({
    mainScriptUrlOrBlob: require.resolve(`${build}.js`),
    locateFile: (name: string, folder: string) =>
      name.endsWith(".worker.js") ? new URL(`data:text/javascript,${encodeURIComponent(helper)}`) : folder + name,
  });
  const number = "number";
  module.tfjs = {
    init: module.cwrap("init", null, []),
    // Its threads number none, whatever tfjs asks for: then the helpers can go.
    initWithThreadsCount: () => module.cwrap("init_with_threads_count", null, [number])(1),
    getThreadsCount: module.cwrap("get_threads_count", number, []),
    registerTensor: module.cwrap("register_tensor", null, [number, number, number]),
    disposeData: module.cwrap("dispose_data", null, [number]),
    dispose: module.cwrap("dispose", null, []),
  };
  const backend = new BackendWasm(module as never); // its own declaration of the module is not exported
  module.PThread.terminateAllThreads();
  return backend;
}
