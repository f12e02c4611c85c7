import type { Device } from "@em-stellar/core/training";
import { convolutionsOf, macsOf } from "../training-step/convolutions.js";
import { trainer } from "../training-step/step.js";
import { type KernelSet, switchTo } from "./kernel-sets.js";
import { type NetworkId, networks } from "./networks.js";
import { openDevice, type Precision } from "./open-device.js";
import type { GpuOptions } from "./options.js";
import { type ShaderTime, shaderProfile } from "./shader-profile.js";
import { type StepTime, stepTime } from "./step-time.js";
import { warmUp } from "./warm-up.js";

/** Whose kernels: ours with prepared models, our loss and our optimizer, in two precisions, or tfjs's with its own. */
export const kernelKinds = ["ours", "ours, mixed-float16", "tfjs"] as const;

export type Kernels = (typeof kernelKinds)[number];

const precisions: Readonly<Record<Kernels, Precision>> = {
  ours: "float32",
  "ours, mixed-float16": "mixed-float16",
  tfjs: "float32",
};

/** A network's training step with one set of kernels. */
export interface StepMeasurement extends StepTime {
  readonly network: string;
  readonly kernels: Kernels;
  /** Whether tensor cores multiply, and why not; `null` in float32. */
  readonly tensorCores: string | null;
  readonly side: number;
  readonly batch: number;
  readonly base: number;
  /** 6 × the multiply-accumulates of the convolutions: forward and two gradients. */
  readonly operations: number;
  readonly gflops: number;
  /** Milliseconds of tuning and compiling before the first step; 0 for tfjs alone, which compiles in it. */
  readonly warmUp: number;
  /** What the backend holds on the device after the steps; it hardly ever gives any back. */
  readonly deviceBytes: number;
  /** `null` where it was not asked for, or where the device cannot. */
  readonly profile: readonly ShaderTime[] | null;
  /** Why there is no profile. */
  readonly profileFailure?: string;
}

/** What a network is measured with. */
export function sizesOf(
  id: NetworkId,
  { side, batch, base }: GpuOptions,
): { side: number; batch: number; base: number } {
  return { side, batch: batch ?? networks[id].batch, base: base ?? networks[id].base };
}

/** Times a network's steps, each set of kernels on a device of its own, so that neither finds the other's memory taken. */
export async function measureStep(
  id: NetworkId,
  kernels: Kernels,
  stock: KernelSet,
  options: GpuOptions,
): Promise<StepMeasurement> {
  return withKernels(kernels, stock, options.allowSoftware, (device) => measureOn(device, id, kernels, options));
}

/** Does something on a device of its own, with one set of kernels. */
export async function withKernels<Result>(
  kernels: Kernels,
  stock: KernelSet,
  allowSoftware: boolean,
  use: (device: Device) => Promise<Result>,
): Promise<Result> {
  const device = await openDevice(allowSoftware, precisions[kernels]);
  const restore = kernels === "tfjs" ? switchTo(stock) : () => {};
  try {
    return await use(device);
  } finally {
    restore();
    await device.dispose();
  }
}

async function measureOn(
  device: Device,
  id: NetworkId,
  kernels: Kernels,
  options: GpuOptions,
): Promise<StepMeasurement> {
  const { side, batch, base } = sizesOf(id, options);
  const plain = kernels === "tfjs";
  const network = () => networks[id].create({ baseFilters: base, head: "faithful" });
  const prepare = plain ? (model: Parameters<Device["prepare"]>[0]) => model : device.prepare;
  const which = { name: id, network, side, batch };
  const warmUpTime = plain ? 0 : await warmUp(device, which);
  const { model, queue, dispose } = trainer(which, prepare, plain);
  const operations = 6 * macsOf(convolutionsOf(model)) * batch;
  const times = await stepTime(queue, options.steps, options.seconds);
  const profile = options.parts.includes("profile")
    ? await shaderProfile(() => queue().dispose()).catch((cause: Error) => cause)
    : null;
  const deviceBytes = device.peakBytes();
  dispose();
  return {
    network: id,
    kernels,
    tensorCores: device.details["tensor cores"] ?? null,
    ...{ side, batch, base, operations, ...times, warmUp: warmUpTime },
    gflops: operations / times.step / 1e6,
    deviceBytes,
    profile: profile instanceof Error ? null : profile,
    ...(profile instanceof Error && { profileFailure: profile.message }),
  };
}
