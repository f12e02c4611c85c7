import { webgpu } from "@em-stellar/backends";
import type { Device } from "@em-stellar/core/training";

/**
 * Starts our webgpu backend in Node, on a Dawn that does not round the times of shaders to a tenth of a millisecond, as it
 * does for the sake of web pages.
 */
export async function openDevice(allowSoftware: boolean): Promise<Device> {
  await offerExactGpu();
  return webgpu({ allowSoftware }).start();
}

/** Puts Dawn where pages find WebGPU: the backend takes that of its surroundings, if there is one. */
async function offerExactGpu(): Promise<void> {
  const scope = globalThis as { navigator?: object };
  if (scope.navigator && "gpu" in scope.navigator) return;
  const { create, globals } = await import("webgpu");
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const value = create(["disable-dawn-features=timestamp_quantization"]);
  // Node 20 has no navigator; that of later versions has no gpu.
  if (scope.navigator) Object.defineProperty(scope.navigator, "gpu", { value, configurable: true });
  else Object.defineProperty(globalThis, "navigator", { value: { gpu: value }, configurable: true });
}
