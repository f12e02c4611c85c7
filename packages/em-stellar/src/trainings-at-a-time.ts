import { availableParallelism } from "node:os";
import type { Device } from "@em-stellar/core/training";

/** How many trainings a device takes at a time, each in a process of its own, where nobody says how many. */
export function trainingsAtATime({ workers }: Pick<Device, "workers">): number {
  return workers?.length ?? availableParallelism();
}
