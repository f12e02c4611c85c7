import { defineExecutor } from "@em-stellar/core";

/** Runs the jobs one after another in this process. */
export const inProcess = defineExecutor({
  id: "in-process",
  summary: "One job after another, in the process that runs the suite",
  defaults: {},
  async *run(plan, jobs) {
    for (const job of jobs) yield* plan.run(job);
  },
});
