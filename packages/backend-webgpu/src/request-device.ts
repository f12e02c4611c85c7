import { BackendUnavailableError } from "@em-stellar/kernels/backend";
import { nameOf } from "./adapter.js";
import type { GpuAdapter, GpuDevice } from "./gpu-types.js";
import { featuresOf, type Precision } from "./precision.js";

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

/** A device with the limits and features that training in a precision needs. Throws a `BackendUnavailableError`. */
export async function requestDevice(adapter: GpuAdapter, precision: Precision): Promise<GpuDevice> {
  const has = [...adapter.features];
  const { needed, welcome } = featuresOf[precision];
  const missing = needed.filter((feature) => !has.includes(feature));
  if (missing.length > 0) {
    throw new BackendUnavailableError({
      backend: "webgpu",
      status: "failed",
      problem: `The precision "${precision}" needs what ${nameOf(adapter.info)} does not offer: ${missing.join(", ")}.`,
      remedy: 'Leave the option out, or give "float32". A newer driver or browser may offer it.',
    });
  }
  try {
    return await adapter.requestDevice({
      requiredFeatures: [...features, ...welcome].filter((feature) => has.includes(feature)),
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
  const known = new Set([...features, ...Object.values(featuresOf).flatMap(({ welcome }) => welcome)]);
  return {
    limits: limits
      .flatMap((name) => withValue(name, device.limits))
      .map(([name, value]) => `${name} ${withUnit(name, value)}`)
      .join(", "),
    features: [...known].filter((feature) => has.includes(feature)).join(", ") || "none",
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
