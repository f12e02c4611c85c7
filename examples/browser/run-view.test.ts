import type { RunEvent, RunResult } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { advance, bestFloor, emptyView, type RunView, shareDone } from "./src/run-view.js";

const [first, second] = [0, 1].map((fold) => ({ method: "unet", fold, seed: 1 })) as [RunJob, RunJob];
type RunJob = Extract<RunEvent, { type: "job-started" }>["job"];
const floor = (method: string, fold: number) => ({ method, fold, seed: 1 });
const jobs = [first, second, floor("otsu", 0), floor("otsu", 1), floor("constant", 0), floor("constant", 1)];

const started: RunEvent = {
  type: "run-started",
  suite: "s",
  jobs,
  finishedBefore: 0,
  location: "memory",
  device: "cpu",
};
const begun = (job: RunJob, step: number): RunEvent => ({ type: "job-started", job, step, totalSteps: 10 });
const stepped = (job: RunJob, step: number, loss: number): RunEvent => ({
  type: "step",
  job,
  step,
  totalSteps: 10,
  loss,
  stepsPerSecond: 4,
});
const validated = (job: RunJob, step: number, jaccard: number | null): RunEvent => ({
  type: "validation",
  job,
  totalSteps: 10,
  point: { step, seconds: 1, loss: 1, validation: { jaccard } },
});
const finished = (job: RunJob, steps: number, jaccard: number | null): RunEvent => {
  const scores = { pooled: {}, perImage: [], history: [], predictions: "", validation: { jaccard } };
  const result: RunResult = { ...job, state: "done", threshold: 0.5, steps, seconds: 1, ...scores };
  return { type: "job-finished", job, result };
};

function after(...events: readonly RunEvent[]): RunView {
  return events.reduce((view, event) => advance(view, event, "jaccard"), emptyView);
}

describe("what the page shows of a run", () => {
  it("is a curve of losses and one of scores for each training", () => {
    const view = after(
      started,
      begun(first, 0),
      stepped(first, 2, 0.9),
      stepped(first, 5, 0.7),
      validated(first, 5, 0.3),
      begun(second, 0),
      stepped(second, 1, 0.8),
    );
    expect(view.trainings.map(({ losses }) => losses)).toEqual([
      [
        { x: 2, y: 0.9 },
        { x: 5, y: 0.7 },
      ],
      [{ x: 1, y: 0.8 }],
    ]);
    expect(view.trainings.map(({ scores }) => scores)).toEqual([[{ x: 5, y: 0.3 }], []]);
    expect(view.trainings[0]).toMatchObject({ step: 5, rate: 4, state: "training" });
  });

  it("goes on from the last validation where a run was stopped after it: what is done again is drawn once", () => {
    const view = after(
      started,
      begun(first, 0),
      stepped(first, 5, 0.7),
      validated(first, 5, 0.3),
      stepped(first, 7, 0.6),
      started,
      begun(first, 5),
      stepped(first, 7, 0.5),
    );
    expect(view.trainings).toHaveLength(1);
    expect(view.trainings[0]?.losses).toEqual([
      { x: 5, y: 0.7 },
      { x: 7, y: 0.5 },
    ]);
    expect(view.trainings[0]?.scores).toEqual([{ x: 5, y: 0.3 }]);
  });

  it("has no point where the score is not defined", () => {
    expect(after(started, begun(first, 0), validated(first, 5, null)).trainings[0]?.scores).toEqual([]);
  });

  it("counts trainings alone as work: floors take no time", () => {
    const floors = [finished(floor("otsu", 0), 0, 0.4), finished(floor("otsu", 1), 0, 0.5)];
    const others = [finished(floor("constant", 0), 0, null), finished(floor("constant", 1), 0, 0.2)];
    const view = after(started, ...floors, ...others, begun(first, 0), stepped(first, 5, 1));
    expect(shareDone(view)).toBe(0.25); // 5 of 2 × 10 steps
    expect(bestFloor(view)).toEqual({ name: "otsu", score: 0.45 });
    const later = [finished(first, 10, 0.5), begun(second, 0), stepped(second, 5, 1)];
    expect(shareDone(later.reduce((before, event) => advance(before, event, "jaccard"), view))).toBe(0.75);
  });

  it("tells what a GPU has still to compile, until the training begins", () => {
    const warming: RunEvent = { type: "job-warming-up", job: first, left: 12 };
    expect(after(started, warming).shadersLeft).toBe(12);
    expect(after(started, warming, begun(first, 0)).shadersLeft).toBeUndefined();
    expect(after(started, warming, started).shadersLeft).toBeUndefined(); // the page was closed meanwhile
  });

  it("keeps a failure's reason, and forgets warnings that come again", () => {
    const warning: RunEvent = { type: "warning", code: "leak", message: "Two images are one." };
    const view = after(started, warning, begun(first, 0), {
      type: "job-failed",
      job: first,
      step: 3,
      message: "NaN",
      cause: "loss",
    });
    expect(view.trainings[0]).toMatchObject({ state: "failed", failure: "NaN" });
    expect(advance(advance(view, started, "jaccard"), warning, "jaccard").warnings).toEqual(["Two images are one."]);
  });
});
