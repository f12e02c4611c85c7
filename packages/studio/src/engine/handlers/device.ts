import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import type { Device } from "@em-stellar/core/training";
import { defineAuto } from "@em-stellar/kernels/backend";
import plain from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url";
import threaded from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url";
import type { DeviceChoice, DeviceState } from "../requests/device.js";

let started: { readonly key: string; readonly device: Promise<Device> } | undefined;

/**
 * The device of a choice: one runs at a time, and goes on running until another is chosen. Throws the backend's own error where
 * it does not start.
 */
export async function startDevice(choice: DeviceChoice): Promise<Device> {
  const key = JSON.stringify(choice);
  if (started?.key !== key) {
    const before = started?.device;
    const device = (async () => {
      await (await before?.catch(() => undefined))?.dispose();
      return start(choice);
    })();
    started = { key, device };
    // One that did not start is tried again at the next question.
    device.catch(() => {
      if (started?.device === device) started = undefined;
    });
  }
  return started.device;
}

export async function describeDevice(choice: DeviceChoice): Promise<DeviceState> {
  const { backend, description, details, reasons = [] } = await startDevice(choice);
  return { backend, description, details, reasons };
}

function start({ backend, allowSoftware }: DeviceChoice): Promise<Device> {
  const cores = navigator.hardwareConcurrency;
  // One core is left to the page, which hardly needs it: not where half of the speed would be lost.
  const threads = crossOriginIsolated && cores > 1 ? Math.min(8, Math.max(2, cores - 1)) : 1;
  const address = (url: string) => new URL(url, location.href).href;
  const wasmPaths = {
    "tfjs-backend-wasm.wasm": address(plain),
    "tfjs-backend-wasm-simd.wasm": address(simd),
    "tfjs-backend-wasm-threaded-simd.wasm": address(threaded),
  };
  if (backend === "wasm") return wasm({ wasmPaths, threads }).start();
  if (backend === "webgpu") return webgpu({ allowSoftware }).start();
  return defineAuto(webgpu, wasm)({ wasmPaths, threads, allowSoftware }).start();
}
