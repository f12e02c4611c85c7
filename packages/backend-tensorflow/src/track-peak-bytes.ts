import { trackPeakBytes as trackWritten } from "@em-stellar/kernels/backend";
import { backend, memory } from "@tensorflow/tfjs-core";
import type { TensorflowBackend } from "./tensorflow-backend.js";

/** As on `cpu`, for results of the native library too, which do not pass through `write`. */
export function trackPeakBytes(): () => number {
  const written = trackWritten();
  const current = backend() as TensorflowBackend; // registered by tfjs-node under this name
  const create = current.createOutputTensor.bind(current);
  let peak = 0;
  current.createOutputTensor = (metadata) => {
    const output = create(metadata);
    peak = Math.max(peak, memory().numBytes);
    return output;
  };
  return () => Math.max(peak, written());
}
