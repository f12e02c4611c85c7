import { createRequire } from "node:module";
import os from "node:os";
import { BackendWasm, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

/** The filter gradient that tfjs lacks on wasm, of its own operations: one matrix product per tap, stride 1. */
export const composedFilterGradient: tf.KernelConfig = {
  kernelName: "Conv2DBackpropFilter",
  backendName: "wasm",
  kernelFunc({ inputs, attrs }) {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const [height, width, inChannels, outChannels] = (attrs as { filterShape: number[] }).filterShape as [
      number,
      number,
      number,
      number,
    ];
    return tf.tidy(() => {
      const [batch, rows, columns] = dy.shape;
      const [top, left] = [Math.floor((height - 1) / 2), Math.floor((width - 1) / 2)];
      const padded = tf.pad(x, [
        [0, 0],
        [top, height - 1 - top],
        [left, width - 1 - left],
        [0, 0],
      ]);
      const flat = tf.reshape(dy, [-1, outChannels]);
      const taps: tf.Tensor[] = [];
      for (let r = 0; r < height; r++) {
        for (let c = 0; c < width; c++) {
          const under = tf.slice(padded, [0, r, c, 0], [batch, rows, columns, inChannels]);
          taps.push(tf.matMul(tf.reshape(under, [-1, inChannels]), flat, true, false));
        }
      }
      return tf.reshape(tf.stack(taps), [height, width, inChannels, outChannels]);
    });
  },
};

/**
 * tfjs's wasm backend with several threads for XNNPACK, which it starts in pages only. It takes half as many as there are
 * cores, so that it must believe in twice as many.
 */
export async function startStockThreads(threads: number): Promise<() => void> {
  const require = createRequire(import.meta.url);
  const build = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd";
  const { wasmWorkerContents } = require(`${build}.worker.js`) as { wasmWorkerContents: string };
  const helper = `const require = process.getBuiltinModule("module").createRequire(process.execPath), __filename = "";
${wasmWorkerContents.replaceAll("\n", "\\n")}`;
  const cpus = os.cpus;
  os.cpus = () => Array.from({ length: 2 * threads }, () => cpus()[0] as os.CpuInfo);
  const module = await require(`${build}.js`)({
    mainScriptUrlOrBlob: require.resolve(`${build}.js`),
    locateFile: (name: string, folder: string) =>
      name.endsWith(".worker.js") ? new URL(`data:text/javascript,${encodeURIComponent(helper)}`) : folder + name,
  });
  const number = "number";
  module.tfjs = {
    initWithThreadsCount: module.cwrap("init_with_threads_count", null, [number]),
    getThreadsCount: module.cwrap("get_threads_count", number, []),
    registerTensor: module.cwrap("register_tensor", null, [number, number, number]),
    disposeData: module.cwrap("dispose_data", null, [number]),
    dispose: module.cwrap("dispose", null, []),
  };
  const stock = tf.findBackendFactory("wasm");
  setThreadsCount(threads);
  const backend = new BackendWasm(module);
  const seen = module.tfjs.getThreadsCount();
  os.cpus = cpus;
  if (seen !== threads) throw new Error(`tfjs started ${seen} threads in place of ${threads}.`);
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", () => backend);
  await tf.setBackend("wasm");
  return () => {
    module.PThread.terminateAllThreads();
    tf.removeBackend("wasm");
    tf.registerBackend("wasm", stock);
  };
}
