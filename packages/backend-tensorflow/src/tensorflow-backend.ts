import type { KernelBackend, Tensor, TensorInfo } from "@tensorflow/tfjs-core";

/** What is used of tfjs-node's backend, whose types would need its package. */
export interface TensorflowBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Binding;
  /** Makes the tensor of a native result: every kernel's output passes through here. */
  createOutputTensor(metadata: { readonly shape: readonly number[]; readonly dtype: number }): Tensor;
  /** Runs one of TensorFlow's operations by its name. */
  executeSingleOutput(
    operation: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly TensorInfo[],
  ): Tensor;
}

/** The native library's constants. */
interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_STRING: number;
}

/** Of an operation: its type is one of the binding's `TF_ATTR_…`. */
interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string;
}
