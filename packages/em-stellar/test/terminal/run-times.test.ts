import { type JobId, jobPath, type RunEvent, type RunResult } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { advance, noProgress, type RunProgress } from "../../src/terminal/run-progress.js";
import { timesOf } from "../../src/terminal/run-times.js";

/** Networks of which one training takes ten times as long as another; `work` is what is estimated, 10 % off the truth. */
const networks = [
  { method: "small", work: 1, seconds: 110 },
  { method: "large", work: 10, seconds: 900 },
  { method: "middle", work: 4, seconds: 420 },
];
const totalSteps = 200;
const folds = [0, 1, 2];
const floor: JobId = { method: "otsu", fold: 0, seed: 1 };
const trainings = folds.flatMap((fold) =>
  networks.map(({ method, work, seconds }) => ({ job: { method, fold, seed: 1 }, work, seconds })),
);

/** What is told at a time of the clock. */
interface Told {
  readonly seconds: number;
  readonly event: RunEvent;
}

/** The events of a run of so many workers, of which a share of all work was done before; and when it ends. */
function simulate(workers: number, doneBefore: number): { events: Told[]; end: number } {
  const total = trainings.reduce((sum, { seconds }) => sum + seconds, 0);
  let before = doneBefore * total;
  const jobs = trainings.map((training) => {
    const share = Math.min(1, before / training.seconds);
    before -= share * training.seconds;
    return { ...training, from: Math.floor(share * totalSteps) };
  });
  const events: Told[] = [
    {
      seconds: 0,
      event: {
        type: "work-estimated",
        jobs: [
          ...jobs.map(({ job, work, from }) => ({ job, work, finished: from === totalSteps })),
          { job: floor, work: 0, finished: false },
        ],
      },
    },
  ];
  const told = (seconds: number, event: RunEvent) => events.push({ seconds, event });
  told(0, { type: "job-started", job: floor, step: 0, totalSteps: 1 });
  told(1, { type: "job-finished", job: floor, result: resultOf(1) });
  const free = Array.from({ length: workers }, () => 1);
  for (const { job, seconds, from } of jobs) {
    if (from === totalSteps) continue;
    const worker = free.indexOf(Math.min(...free));
    const start = free[worker] ?? 0;
    const perStep = seconds / totalSteps;
    told(start, { type: "job-started", job, step: from, totalSteps });
    for (let step = from + 1; step <= totalSteps; step++) {
      const at = start + (step - from) * perStep;
      told(at, { type: "step", job, step, totalSteps, loss: 0.5, stepsPerSecond: 1 / perStep });
    }
    free[worker] = start + (totalSteps - from) * perStep;
    told(free[worker] ?? 0, { type: "job-finished", job, result: resultOf(seconds) });
  }
  return { events: events.toSorted((a, b) => a.seconds - b.seconds), end: Math.max(...free) };
}

function resultOf(seconds: number): RunResult {
  const none = { threshold: 0.5, steps: totalSteps, validation: {}, pooled: {}, perImage: [], history: [] };
  return { ...none, fold: 0, seed: 1, state: "done", seconds, predictions: "" };
}

/** What is shown after each event from a tenth of this run on, beside the truth. */
function shown(workers: number, doneBefore: number) {
  const { events, end } = simulate(workers, doneBefore);
  let progress: RunProgress = noProgress;
  return events.flatMap(({ seconds, event }) => {
    progress = advance(progress, event, seconds);
    if (seconds < end / 10 || seconds >= end) return [];
    const { share, left = Number.NaN, leftOf } = timesOf(progress.jobs, progress.workers);
    const rows = progress.jobs.filter(({ state }) => state === "active").map((job) => leftOf(job) ?? 0);
    const truth = doneBefore + (1 - doneBefore) * (seconds / end);
    return [{ share, truth, finish: seconds + left, end, left, rows }];
  });
}

describe.each([
  ["one training at a time", 1, 0],
  ["two at a time", 2, 0],
  ["continued at 90 %", 1, 0.9],
])("the progress of trainings that differ tenfold, %s", (_, workers, doneBefore) => {
  const all = shown(workers, doneBefore);

  it("is within 15 % of the truth from a tenth on, as is the end that it foretells", () => {
    expect(all.length).toBeGreaterThan(50);
    for (const { share, truth, finish, end } of all) {
      expect(Math.abs(share - truth)).toBeLessThan(0.15 * truth);
      expect(Math.abs(finish - end)).toBeLessThan(0.15 * end);
    }
  });

  it("never has less left for the whole than for a single training", () => {
    for (const { left, rows } of all) expect(left).toBeGreaterThanOrEqual(Math.max(0, ...rows));
  });
});

it("knows no time before anything is measured", () => {
  const { events } = simulate(1, 0);
  const progress = events.slice(0, 2).reduce((now, { event }) => advance(now, event, 0), noProgress);
  expect(timesOf(progress.jobs, 1)).toMatchObject({ share: 0, left: undefined });
  expect(progress.jobs.map(({ name }) => name)).toContain(jobPath(floor));
});
