import { BackendUnavailableError, nodeProcess } from "@em-stellar/kernels/backend";
import type { Gpu, GpuAdapter, GpuAdapterInfo } from "./gpu-types.js";

/** Programs that play a GPU on the processor: Chrome's and Dawn's, Mesa's, Windows'. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/** Whether an adapter computes on the processor: it says so itself, or has the name of a program that is known to. */
export function isSoftware(info: GpuAdapterInfo): boolean {
  const names = [info.vendor, info.architecture, info.device, info.description];
  return info.isFallbackAdapter === true || names.some((name) => softwareNames.test(name));
}

/** `nvidia-geforce-rtx-3060`; in a browser, which hides the model, `nvidia ampere`. */
export function nameOf({ device, vendor, architecture }: GpuAdapterInfo): string {
  return device.replace(/-+$/, "") || [vendor, architecture].filter(Boolean).join(" ") || "a GPU without a name";
}

/** The fastest adapter. Throws a `BackendUnavailableError` where there is none, or only a software adapter that was not allowed. */
export async function requestAdapter(gpu: Gpu, allowSoftware: boolean): Promise<GpuAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "failed",
      problem: "WebGPU finds no GPU.",
      remedy: driverRemedy(),
    });
  }
  if (isSoftware(adapter.info) && !allowSoftware) {
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "failed",
      problem: `WebGPU finds no GPU, only a software adapter that runs on the processor (${nameOf(adapter.info)}). It is slower than "wasm".`,
      remedy: `${driverRemedy()} To use it anyway, set the option allowSoftware of the backend.`,
    });
  }
  return adapter;
}

function driverRemedy(): string {
  const platform = nodeProcess()?.platform;
  if (platform === undefined) return "See chrome://gpu, or the like, for why the browser does not use the GPU.";
  if (platform !== "linux") return "Install the driver of the GPU.";
  return "Install the Vulkan driver of the GPU: NVIDIA's own, or for AMD and Intel mesa-vulkan-drivers (Debian, Ubuntu).";
}
