import type { DeviceState } from "../engine/requests/device.js";

/** What people call a device that runs: `Processor, 2 threads`. Its full description stands in the menu of the badge. */
export function deviceName({ backend, details: { threads = "1" } }: DeviceState): string {
  if (backend === "webgpu") return "Graphics processor";
  return threads === "1" ? "Processor" : `Processor, ${threads} threads`;
}
