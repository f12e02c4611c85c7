import { DeviceError } from "@em-stellar/core/training";
import type { DataId, KernelBackend } from "@tensorflow/tfjs-core";
import type { GpuDevice } from "./gpu-types.js";

// The timer exists in Node, browsers and workers alike, but in none of the ES libraries.
declare function setTimeout(callback: (value: undefined) => void, milliseconds: number): unknown;

/**
 * Lets every read of a tensor fail once the GPU has refused work or was lost. By itself WebGPU drops such work, and tfjs
 * reads zeros: training would go on with wrong numbers.
 */
export function failLoudly(backend: KernelBackend, device: GpuDevice): void {
  let problem: string | undefined;
  device.onuncapturederror = ({ error }) => {
    problem ??= describe(error);
  };
  device.lost.then(({ reason, message }) => {
    problem ??= `The GPU was lost (${reason}): ${message}. Its driver may have restarted. Run the same command again to continue from the last validation.`;
  });
  const check = () => {
    if (problem !== undefined) throw new DeviceError(`backend "webgpu": ${problem}`);
  };
  const read = backend.read.bind(backend);
  backend.read = async (data: DataId) => {
    check();
    try {
      const values = await read(data);
      check();
      return values;
    } catch (cause) {
      if (cause instanceof DeviceError) throw cause;
      // Reads end, as "AbortError", a moment before the loss of the GPU that ends them is told.
      await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, 1000))]);
      check();
      throw cause;
    }
  };
}

function describe(error: Error): string {
  const [line = ""] = error.message.split("\n");
  return error.constructor.name === "GPUOutOfMemoryError"
    ? `The memory of the GPU is full (${line}). A smaller patch, batch or network needs less.`
    : `The GPU refused work: ${line}`;
}
