import { reluGradName } from "@em-stellar/kernels/backend";
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";
import { tfjsName } from "./load-build.js";
import type { TensorflowBackend } from "./tensorflow-backend.js";

/** TensorFlow's own operation, where tfjs makes two. */
export const reluGrad: KernelConfig = {
  kernelName: reluGradName,
  backendName: tfjsName,
  kernelFunc({ inputs, backend }) {
    const { y, dy } = inputs as Record<"y" | "dy", TensorInfo>;
    const { binding, executeSingleOutput } = backend as TensorflowBackend; // registered by tfjs-node under this name
    const type = { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
    return executeSingleOutput.call(backend, "ReluGrad", [type], [dy, y]);
  },
};
