import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reason } from "@em-stellar/core/training";
import { expect } from "vitest";
import { type Installation, install, noGpu } from "./installation.js";

/** Starts a backend in an installation, multiplies 6 by 7 on it, releases it, and tells how all that went. */
const program = `
import { cpu } from "@em-stellar/backend-cpu";
import { cuda, tensorflow } from "@em-stellar/backend-tensorflow";
import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import { defineAuto } from "@em-stellar/kernels/backend";
import * as tf from "@tensorflow/tfjs-core";
const auto = defineAuto(cpu, wasm, tensorflow, webgpu, cuda);
const [id, options = "{}", node] = process.argv.slice(2);
if (node) Object.defineProperty(process, "versions", { value: { ...process.versions, node } });
const told = {};
try {
  const { dispose, prepare, peakBytes, ...device } = await { auto, cpu, cuda, tensorflow, wasm, webgpu }[id](JSON.parse(options)).start();
  const product = tf.mul(tf.fill([64, 64], 6), 7);
  told.device = device;
  told.product = [...new Set(await product.data())];
  product.dispose();
  told.peakBytes = peakBytes();
  await dispose();
} catch (error) {
  told.error = { name: error.name, message: error.message, reason: error.reason };
}
told.left = { backend: tf.getBackend(), globals: Object.keys(globalThis).filter((name) => name.startsWith("GPU")), navigator: typeof navigator };
const { TF_FORCE_GPU_ALLOW_GROWTH: growth, TF_ENABLE_ONEDNN_OPTS: oneDnn, CUDA_DEVICE_ORDER: order } = process.env;
told.environment = { growth, oneDnn, order };
console.log(JSON.stringify(told));
`;

export interface Told {
  readonly device?: {
    readonly backend: string;
    readonly description: string;
    readonly details: Readonly<Record<string, string>>;
    readonly reasons?: readonly Reason[];
  };
  readonly product?: readonly number[];
  readonly peakBytes?: number;
  readonly error?: { readonly name: string; readonly message: string; readonly reason?: Reason };
  readonly left: { readonly backend: string | null; readonly globals: readonly string[]; readonly navigator: string };
  /** What the native library is told. */
  readonly environment: { readonly growth?: string; readonly oneDnn?: string; readonly order?: string };
}

/** An installation with the program in it. */
export async function installProgram(): Promise<Installation> {
  const installation = await install();
  writeFileSync(join(installation.folder, "program.mjs"), program);
  return installation;
}

/** Runs the program in a process of its own, which must end by itself. `node` is the version that Node pretends to have. */
export async function start(
  installation: Installation,
  id: string,
  { options = {}, env = noGpu, node = "" } = {},
): Promise<Told & { stderr: string }> {
  const { status, stdout, stderr } = await installation.run(["program.mjs", id, JSON.stringify(options), node], env);
  expect([status, stdout], stderr).toEqual([0, expect.stringMatching(/^\{.*\}\n$/)]);
  const told: Told = JSON.parse(stdout);
  return { ...told, stderr };
}

/** What tfjs-node 4.22 throws where its download of the library failed or was not allowed. */
export const withoutLibrary = (name: string) => `
throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: " + __dirname +
  "/lib/napi-v8/tfjs_binding.node. \\nPlease run command 'npm rebuild ${name} --build-addon-from-source' to rebuild the native addon module. ");`;

/** A library with the face of tfjs-node that computes with tfjs's own processor kernels: they give tensors, as its kernels do. */
export const standIn = (usesGpu: boolean) => `
const tf = require("@tensorflow/tfjs-core");
const { MathBackendCPU } = require("@tensorflow/tfjs-backend-cpu");
const tensorOf = (output) => output instanceof tf.Tensor ? output : tf.engine().makeTensorFromTensorInfo(output);
for (const kernel of tf.getKernelsForBackend("cpu")) {
  const kernelFunc = (call) => {
    const outputs = kernel.kernelFunc(call);
    return Array.isArray(outputs) ? outputs.map(tensorOf) : tensorOf(outputs);
  };
  tf.registerKernel({ ...kernel, backendName: "tensorflow", kernelFunc });
}
class Library extends MathBackendCPU {
  firstUse = false;
  createOutputTensor = tensorOf;
  isUsingGpuDevice = ${usesGpu};
  binding = { TF_Version: "2.9.1", TF_ATTR_TYPE: 1, TF_FLOAT: 1 };
  executeSingleOutput(name, attributes, [dy, y]) {
    if (name !== "ReluGrad") throw new Error(name + " is no operation of the stand-in");
    return tf.mul(dy, tf.step(y));
  }
}
tf.registerBackend("tensorflow", () => new Library(), 3);
tf.setBackend("tensorflow");
exports.version = { "tfjs-node": "4.22.0" };`;
