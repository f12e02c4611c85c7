import { defineExecutor, type JobId } from "@em-stellar/core";
import { processes } from "./processes.js";

/**
 * Several processes where the device has use for them and more than one training is waiting, else this one. Where a device
 * gives up, what is left goes to a fresh process.
 */
export const auto = defineExecutor({
  id: "auto",
  summary: "Several processes where the device has use for them, else one",
  defaults: {},
  async *run(plan, jobs) {
    const waiting: JobId[] = [];
    for (const job of jobs) if ((await plan.stateOf(job)) !== "done") waiting.push(job);
    const trainings = waiting.filter((job) => !plan.isFloor(job));
    if (plan.door && plan.workers > 1 && trainings.length > 1) {
      yield* processes().run(plan, waiting);
      return;
    }
    for (const [i, job] of waiting.entries()) {
      let lost = false;
      for await (const event of plan.run(job)) {
        yield event;
        lost ||= event.type === "job-failed" && event.cause === "device";
      }
      if (!lost || !plan.door) continue;
      yield* processes({ workers: 1 }).run(plan, waiting.slice(i + 1));
      return;
    }
  },
});
