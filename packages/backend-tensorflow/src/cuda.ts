import { defineBackend } from "@em-stellar/core/training";
import { shareDevice } from "@em-stellar/kernels/backend";
import { tfjsName } from "./load-build.js";
import { describeGpu, listNvidiaGpus } from "./nvidia-gpus.js";
import { startTensorflow } from "./start-tensorflow.js";

/** TensorFlow on an NVIDIA GPU, in Node: the package @tensorflow/tfjs-node-gpu. Refused where TensorFlow would compute on the processor instead. */
export const cuda = defineBackend({
  id: "cuda",
  summary: "TensorFlow on an NVIDIA GPU, in Node (package @tensorflow/tfjs-node-gpu)",
  defaults: {},
  preference: 40,
  start: () =>
    shareDevice(
      "cuda",
      () => startTensorflow({ id: "cuda", packageName: "@tensorflow/tfjs-node-gpu", gpu: true }),
      tfjsName,
    ),
  devices: async () => (await listNvidiaGpus()).map(describeGpu),
});
