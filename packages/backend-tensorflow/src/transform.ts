import { attributesOf } from "@em-stellar/kernels/backend";
import {
  type KernelConfig,
  scalar,
  type Tensor,
  type TensorInfo,
  type TransformAttrs,
  tensor1d,
} from "@tensorflow/tfjs-core";
import { tfjsName } from "./load-build.js";
import type { TensorflowBackend } from "./tensorflow-backend.js";

/** `image.transform`, which tfjs-node 4.22 lacks: TensorFlow has the operation. */
export const transform: KernelConfig = {
  kernelName: "Transform",
  backendName: tfjsName,
  kernelFunc({ inputs, attrs, backend }) {
    const { image, transforms } = inputs as Record<"image" | "transforms", TensorInfo>;
    const { interpolation, fillMode, fillValue, outputShape } = attributesOf<TransformAttrs>(attrs);
    const tensorflow = backend as TensorflowBackend; // registered by tfjs-node under this name
    const { TF_ATTR_TYPE, TF_ATTR_STRING, TF_FLOAT } = tensorflow.binding;
    const attributes = [
      { name: "dtype", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "interpolation", type: TF_ATTR_STRING, value: interpolation.toUpperCase() },
      { name: "fill_mode", type: TF_ATTR_STRING, value: fillMode.toUpperCase() },
    ];
    const [, height, width] = image.shape as [number, number, number, number];
    const size: Tensor = tensor1d(outputShape ?? [height, width], "int32");
    const fill = scalar(fillValue);
    try {
      return tensorflow.executeSingleOutput("ImageProjectiveTransformV3", attributes, [image, transforms, size, fill]);
    } finally {
      size.dispose();
      fill.dispose();
    }
  },
};
