import type { RunResult, RunStore } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { runSuite, type Suite } from "@em-stellar/runner";
import { builtins } from "em-stellar";

/** The trainings of a suite on one fold, from all of its seeds, through the runner as the command does them. Throws where one fails. */
export async function* trainings(
  suite: Suite,
  { device, store, fold }: { device: Device; store: RunStore; fold: number },
): AsyncGenerator<RunResult> {
  const select = (job: { fold: number }) => job.fold === fold;
  for await (const event of runSuite(suite, { registry: builtins, device, store, select, processorTime })) {
    if (event.type === "job-finished") yield event.result;
    if (event.type === "job-failed") throw new Error(`The training failed: ${event.message}`);
  }
}

/** Seconds that the processor has worked for this process, all threads together. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
