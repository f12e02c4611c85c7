import type { JobId, RunEvent, RunResult } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { advance, emptyView, floorLevels, shareDone } from "../src/engine/run-view.js";

const [job, other]: JobId[] = [
  { method: "unet", fold: 0, seed: 1 },
  { method: "unet", fold: 1, seed: 1 },
];
const floor: JobId = { method: "otsu", fold: 0, seed: 1 };
const result = (steps: number, jaccard: number) => ({ steps, validation: { jaccard } }) as unknown as RunResult; // all that a view takes of it
const started: RunEvent = {
  type: "run-started",
  suite: "s",
  jobs: [job, other, floor] as JobId[],
  finishedBefore: 0,
  location: "",
  device: "",
};
const work: RunEvent = {
  type: "work-estimated",
  jobs: [job, other, floor].map((each) => ({ job: each as JobId, work: each === floor ? 0 : 10, finished: false })),
};
const step = (at: number, loss: number): RunEvent => ({
  type: "step",
  job: job as JobId,
  step: at,
  totalSteps: 100,
  loss,
  stepsPerSecond: 2,
});
const begin = (at: number): RunEvent => ({ type: "job-started", job: job as JobId, step: at, totalSteps: 100 });
const validation = (at: number, jaccard: number | null): RunEvent => ({
  type: "validation",
  job: job as JobId,
  totalSteps: 100,
  point: { step: at, seconds: 1, trainingLoss: 1, validation: { jaccard } } as never, // what a view takes of it
});
const viewOf = (...events: RunEvent[]) => events.reduce(advance, emptyView);

describe("the view of a run", () => {
  it("counts a training that is half done as half of its work", () => {
    // 20 units in all: the floor takes none, half of the first training is 5.
    const view = viewOf(
      started,
      work,
      { type: "job-finished", job: floor, result: result(0, 0.3) },
      begin(0),
      step(50, 1),
    );
    expect(shareDone(view)).toBeCloseTo(0.25);
    expect(shareDone(advance(view, { type: "job-finished", job: job as JobId, result: result(100, 0.5) }))).toBeCloseTo(
      0.5,
    );
  });

  it("takes back what came after the last saved state when a training continues", () => {
    const before = viewOf(started, work, begin(0), step(10, 3), validation(10, 0.4), step(20, 2));
    const [training] = advance(before, begin(10)).trainings;
    expect(training?.losses).toEqual([{ x: 10, y: 3 }]);
    expect(training?.scores.jaccard).toEqual([{ x: 10, y: 0.4 }]);
    expect(training?.step).toBe(10);
  });

  it("leaves out scores that are not defined", () => {
    expect(viewOf(started, begin(0), validation(10, null)).trainings[0]?.scores).toEqual({});
  });

  it("keeps a bounded number of points of a long training, its last ones among them", () => {
    const view = viewOf(started, begin(0), ...Array.from({ length: 3000 }, (_, i) => step(i + 1, 1 / (i + 1))));
    const losses = view.trainings[0]?.losses ?? [];
    expect(losses.length).toBeGreaterThan(200);
    expect(losses.length).toBeLessThanOrEqual(500);
    expect(losses.at(-1)?.x).toBe(3000);
  });

  it("tells a floor's level as the mean over folds", () => {
    const view = viewOf(
      started,
      { type: "job-finished", job: floor, result: result(0, 0.2) },
      { type: "job-finished", job: { ...floor, fold: 1 }, result: result(0, 0.4) },
    );
    expect(floorLevels(view, "jaccard")).toEqual([{ name: "otsu", y: expect.closeTo(0.3) }]);
  });
});
