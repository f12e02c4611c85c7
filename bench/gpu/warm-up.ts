import type { Device } from "@em-stellar/core/training";
import type { Case } from "../training-step/cases.js";
import { trainer } from "../training-step/step.js";

/**
 * Lets the device tune and compile what a training step runs, with a model of its own: a warm-up leaves weights without
 * meaning. Gives the milliseconds that it took.
 */
export async function warmUp(device: Device, which: Case): Promise<number> {
  if (!device.warmUp) return 0;
  const start = performance.now();
  const { queue, dispose } = trainer(which, device.prepare, false);
  try {
    for await (const _ of device.warmUp(() => queue().dispose())); // how many are left concerns nobody here
  } finally {
    dispose();
  }
  return performance.now() - start;
}
