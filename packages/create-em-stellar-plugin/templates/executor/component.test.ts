import type { JobId, PlannedRun } from "@em-stellar/core";
import { expect, it } from "vitest";
import { newExecutor } from "./component.js";

it("does every job once, floors before trainings", async () => {
  const jobs = ["unet", "otsu", "segnet", "constant"].map((method): JobId => ({ method, fold: 0, seed: 1 }));
  const done: string[] = [];
  const plan: PlannedRun = {
    location: "memory",
    workers: 1,
    stateOf: async () => undefined,
    resultOf: async () => undefined,
    isFloor: ({ method }) => method === "otsu" || method === "constant",
    async *run(job) {
      done.push(job.method);
      yield { type: "warning", code: "done", message: job.method };
    },
  };
  const told: string[] = [];
  for await (const event of newExecutor().run(plan, jobs)) if (event.type === "warning") told.push(event.message);
  expect(done).toEqual(["otsu", "constant", "unet", "segnet"]);
  expect(told).toEqual(done);
});
