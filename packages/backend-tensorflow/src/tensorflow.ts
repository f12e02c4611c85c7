import { defineBackend } from "@em-stellar/core/training";
import { shareDevice } from "@em-stellar/kernels/backend";
import { tfjsName } from "./load-build.js";
import { startTensorflow } from "./start-tensorflow.js";

/** TensorFlow's native library on all cores of the processor, in Node: the package @tensorflow/tfjs-node. */
export const tensorflow = defineBackend({
  id: "tensorflow",
  summary: "TensorFlow on the processor, in Node (package @tensorflow/tfjs-node)",
  defaults: {},
  preference: 20,
  start: () =>
    shareDevice(
      tfjsName,
      () =>
        startTensorflow({
          id: "tensorflow",
          packageName: "@tensorflow/tfjs-node",
          orElse: "@tensorflow/tfjs-node-gpu",
          gpu: false,
        }),
      tfjsName,
    ),
});
