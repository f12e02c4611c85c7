import type { io } from "@tensorflow/tfjs-core";

/** Bytes that weights take in a file. */
export function weightBytes(specs: readonly io.WeightsManifestEntry[]): number {
  return specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
}

function bytesOf({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const values = shape.reduce((product, side) => product * side, 1);
  const type = quantization?.dtype ?? dtype;
  return values * ({ uint8: 1, bool: 1, uint16: 2, float16: 2, complex64: 8 }[type as string] ?? 4);
}
