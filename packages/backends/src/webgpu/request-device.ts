import { BackendUnavailableError } from "../backend-unavailable-error.js";
import type { GpuAdapter, GpuDevice } from "./gpu-types.js";

/** Limits that are raised to the adapter's own: a device has the smallest that the standard permits unless it is asked for more. */
const limits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
];

/** Features that training kernels can use, taken where the adapter has them. */
const features = ["shader-f16", "subgroups", "timestamp-query"];

/** A device with the limits and features that training needs. Throws a `BackendUnavailableError`. */
export async function requestDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const has = [...adapter.features];
  try {
    return await adapter.requestDevice({
      requiredFeatures: features.filter((feature) => has.includes(feature)),
      requiredLimits: Object.fromEntries(limits.flatMap((name) => withValue(name, adapter.limits))),
    });
  } catch (cause) {
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "failed",
      problem: `The GPU was found, but cannot be opened: ${cause instanceof Error ? cause.message : cause}.`,
      remedy: "Another program may hold it, or its driver needs an update.",
    });
  }
}

/** Limits and features of a device under the names of the standard, for results. */
export function describeDevice(device: GpuDevice): { limits: string; features: string } {
  const has = [...device.features];
  return {
    limits: limits
      .flatMap((name) => withValue(name, device.limits))
      .map(([name, value]) => `${name} ${withUnit(name, value)}`)
      .join(", "),
    features: features.filter((feature) => has.includes(feature)).join(", ") || "none",
  };
}

function withUnit(name: string, value: number): string {
  if (!/(Buffer|Binding|Storage)Size$/.test(name)) return `${value}`;
  return value < 2 ** 20 ? `${Math.round(value / 2 ** 10)} KiB` : `${Math.round(value / 2 ** 20)} MiB`;
}

function withValue(name: string, from: Readonly<Record<string, number>>): [string, number][] {
  const value = from[name];
  return value === undefined ? [] : [[name, value]];
}
