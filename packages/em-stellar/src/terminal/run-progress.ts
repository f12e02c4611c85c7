import { type JobId, jobPath, type RunEvent } from "@em-stellar/core";
import { bar, duration } from "./format.js";
import { type JobProgress, timesOf } from "./run-times.js";

/** How far a run has come: all that a progress display needs to know. */
export interface RunProgress {
  readonly jobs: readonly JobProgress[];
  /** Jobs that have been at work side by side, at their most. */
  readonly workers: number;
  readonly ended: boolean;
}

export const noProgress: RunProgress = { jobs: [], workers: 1, ended: false };

/** The progress after one more event; `seconds` is the time since the run began. */
export function advance(progress: RunProgress, event: RunEvent, seconds: number): RunProgress {
  switch (event.type) {
    case "run-started":
      return noProgress;
    case "work-estimated":
      return { ...progress, jobs: event.jobs.map(({ job, work, finished }) => waitingJob(job, work, finished)) };
    case "job-warming-up":
      return changed(progress, event.job, { state: "active", shadersLeft: event.left });
    case "job-started": {
      const { step, totalSteps } = event;
      const begun = { from: step, step, totalSteps, since: seconds, until: seconds };
      return changed(progress, event.job, { ...begun, state: "active", shadersLeft: 0 });
    }
    case "step": {
      const { step, loss, stepsPerSecond } = event;
      return changed(progress, event.job, { step, loss, stepsPerSecond, until: seconds });
    }
    case "job-finished":
      return changed(progress, event.job, { state: "ended", seconds: event.result.seconds });
    case "job-failed":
      return changed(progress, event.job, { state: "ended" });
    case "run-finished":
      return { ...progress, ended: true };
    default:
      return progress;
  }
}

function waitingJob(job: JobId, work: number, finished: boolean): JobProgress {
  return {
    name: jobPath(job),
    method: job.method,
    state: finished ? "ended" : "waiting",
    work,
    from: 0,
    step: 0,
    totalSteps: 1,
    since: 0,
    until: 0,
    seconds: undefined,
    stepsPerSecond: 0,
    loss: undefined,
    shadersLeft: 0,
  };
}

function changed(progress: RunProgress, job: JobId, change: Partial<JobProgress>): RunProgress {
  const name = jobPath(job);
  const jobs = progress.jobs.map((each) => (each.name === name ? { ...each, ...change } : each));
  const active = jobs.filter(({ state }) => state === "active").length;
  return { ...progress, jobs, workers: Math.max(progress.workers, active) };
}

/** The lines of a live display, each at most `columns` wide: a bar for each training that goes on and one for the run. */
export function renderProgress(progress: RunProgress, columns: number): string[] {
  const { jobs, ended } = progress;
  if (jobs.length === 0 || ended) return [];
  const active = jobs.filter(({ state }) => state === "active");
  const whole = `${jobs.filter(({ state }) => state === "ended").length} of ${jobs.length} jobs`;
  const longest = Math.max(...[...active.map(({ name }) => name), whole].map(({ length }) => length));
  // One width for all bars; details come by importance, those at the end are left out where the terminal is narrow.
  const labelWidth = Math.max(Math.min(longest, columns - 30), whole.length);
  const width = Math.min(Math.max(columns - labelWidth - 46, 8), 32);
  const line = (label: string, share: number, details: string[]) => {
    const start = `${shortened(label, labelWidth).padEnd(labelWidth)}  ${bar(share, width)}`;
    while (details.length > 0 && [start, ...details].join("   ").length > columns) details.pop();
    return [start, ...details].join("   ").slice(0, columns);
  };
  const times = timesOf(jobs, progress.workers);
  const left = (seconds: number | undefined) => (seconds === undefined ? "" : `${duration(seconds)} left`);
  const lines = active.map((job) => {
    const { name, step, totalSteps, stepsPerSecond, loss, shadersLeft } = job;
    if (shadersLeft > 0) return line(name, 0, [`preparing the GPU, ${shadersLeft} to go`]);
    const rate = stepsPerSecond > 0 ? `${stepsPerSecond.toPrecision(2)} steps/s` : "";
    const details = [
      `${step}/${totalSteps}`,
      left(times.leftOf(job)),
      rate,
      loss === undefined ? "" : `loss ${loss.toFixed(4)}`,
    ];
    return line(name, step / totalSteps, details.filter(Boolean));
  });
  const details = [`${Math.floor(100 * times.share)} %`, left(times.left)];
  return [...lines, line(whole, times.share, details.filter(Boolean))];
}

/** The end of a label that is too long, which tells jobs of one method apart. */
function shortened(label: string, width: number): string {
  return label.length > width ? `…${label.slice(label.length - width + 1)}` : label;
}
