import type { Device } from "@em-stellar/core/training";

/** What the environment of a worker process has beside its parent's: of what the device lists, in turn. Nothing where it lists none. */
export function environmentOfWorker(
  worker: number,
  { workers = [] }: Pick<Device, "workers">,
): Readonly<Record<string, string>> {
  return workers[worker % workers.length] ?? {};
}
