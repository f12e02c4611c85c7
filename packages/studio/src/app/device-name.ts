import type { DeviceState } from "../engine/requests/device.js";

/** What people call a device that runs: `Processor, 2 threads`. Its full description stands in the menu of the badge. */
export function deviceName({ backend, description }: DeviceState): string {
  if (backend === "webgpu") return "Graphics processor";
  const [, threads] = /(\d+) threads/.exec(description) ?? [];
  return threads ? `Processor, ${threads} threads` : "Processor";
}
