import type { Device } from "@em-stellar/core/training";
import { check } from "./check.js";
import { topics } from "./topics.js";

/** One thing that a backend must compute. */
export interface KernelCheck {
  /** `convolution: 3×3, stride 1, same: [2,5,66,12] to 20 channels` */
  readonly name: string;
  /** Computes it on a device that has been started; throws with what came out and what should have. */
  run(device: Device): Promise<void>;
}

/**
 * What every backend must compute for training, as tests for whatever framework you have: values against plain loops in double
 * precision, gradients against central differences, and no tensor left behind. Errors may be `leniency` times as large as on a
 * processor.
 */
export function kernelChecks(leniency = 1): KernelCheck[] {
  return topics.flatMap(({ name: topic, cases }) =>
    cases.map((item) => ({
      name: `${topic}: ${item.name}`,
      run: (device) => check(item, device, leniency),
    })),
  );
}
