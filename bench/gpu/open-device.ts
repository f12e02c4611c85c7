import { type WebgpuOptions, webgpu } from "@em-stellar/backend-webgpu";
import type { Device } from "@em-stellar/core/training";

export type Precision = WebgpuOptions["precision"];

/**
 * Starts our webgpu backend in Node, on a Dawn that does not round the times of shaders to a tenth of a millisecond, as it
 * does for the sake of web pages, and hides no feature that half precision can use.
 */
export async function openDevice(allowSoftware: boolean, precision: Precision = "float32"): Promise<Device> {
  await offerExactGpu();
  return webgpu({ allowSoftware, precision }).start();
}

/** Puts Dawn where pages find WebGPU: the backend takes that of its surroundings, if there is one. */
async function offerExactGpu(): Promise<void> {
  const scope = globalThis as { navigator?: object };
  if (scope.navigator && "gpu" in scope.navigator) return;
  const { create, globals } = await import("webgpu");
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const value = create([
    "disable-dawn-features=timestamp_quantization",
    "enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia",
  ]);
  // Node 20 has no navigator; that of later versions has no gpu.
  if (scope.navigator) Object.defineProperty(scope.navigator, "gpu", { value, configurable: true });
  else Object.defineProperty(globalThis, "navigator", { value: { gpu: value }, configurable: true });
}
