import { backend, memory, util } from "@tensorflow/tfjs-core";

/** Follows every tensor that the current backend makes from now on; the function gives the most bytes that were held at once. */
export function trackPeakBytes(): () => number {
  const current = backend();
  const write = current.write.bind(current);
  let peak = memory().numBytes;
  current.write = (values, shape, dtype) => {
    const bytes = util.sizeFromShape(shape) * (dtype === "string" ? 0 : util.bytesPerElement(dtype));
    peak = Math.max(peak, memory().numBytes + bytes);
    return write(values, shape, dtype);
  };
  return () => peak;
}
