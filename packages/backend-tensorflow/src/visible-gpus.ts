import type { NvidiaGpu } from "./nvidia-gpus.js";

/** A GPU that CUDA shows to a process. */
export interface VisibleGpu {
  /** What CUDA_VISIBLE_DEVICES is to hold for this one alone: `1`, or a UUID. */
  readonly device: string;
  /** Undefined where nothing is known of it. */
  readonly gpu: NvidiaGpu | undefined;
}

/**
 * The GPUs that a process sees of the machine's, as CUDA reads the environment variable CUDA_VISIBLE_DEVICES (`setting`):
 * numbers or beginnings of UUIDs, up to the first that is none. All where it is not set. Where none of the machine's GPUs
 * could be listed, the setting is believed.
 */
export function visibleGpus(gpus: readonly NvidiaGpu[], setting: string | undefined): VisibleGpu[] {
  if (setting === undefined) return gpus.map((gpu, i) => ({ device: String(i), gpu }));
  const visible: VisibleGpu[] = [];
  for (const device of setting.split(",").map((entry) => entry.trim())) {
    const gpu = /^\d+$/.test(device)
      ? gpus[Number(device)]
      : gpus.find(({ uuid }) => device.startsWith("GPU-") && uuid?.startsWith(device));
    const believed = /^(\d+|GPU-.+|MIG-.+)$/.test(device) && (gpus.length === 0 || device.startsWith("MIG-"));
    if (!gpu && !believed) break;
    visible.push({ device, gpu });
  }
  return visible;
}
