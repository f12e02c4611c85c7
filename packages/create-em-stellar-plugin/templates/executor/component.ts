import { defineExecutor, type JobId } from "@em-stellar/core";

/** Does the floors first, then the trainings one after another, all in this process: the first scores are there soon. */
export const newExecutor = defineExecutor({
  id: "new-executor",
  summary: "Floors first, then one training after another, in this process",
  defaults: {},
  async *run(plan, jobs) {
    const order = (job: JobId) => (plan.isFloor(job) ? 0 : 1);
    for (const job of jobs.toSorted((a, b) => order(a) - order(b))) yield* plan.run(job);
  },
});
