import { type JobId, jobPath, type RunEvent } from "@em-stellar/core";

/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A training as the page shows it. */
export interface Training {
  readonly job: JobId;
  readonly step: number;
  readonly totalSteps: number;
  /** Steps a second; undefined before the first were counted. */
  readonly rate?: number;
  /** Training loss over steps. */
  readonly losses: readonly Point[];
  /** Scores on validation images over steps, by the names of the scores; `loss` is the loss there. */
  readonly scores: Readonly<Record<string, readonly Point[]>>;
  readonly state: "training" | "done" | "failed";
  readonly failure?: string;
}

/** A method that learns by no gradient: what it scores on the validation images of each fold. */
interface Floor {
  readonly name: string;
  /** Folds that it is fitted on so far. */
  readonly folds: number;
  /** Of the folds where it has one, by the names of the scores. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
}

/** All that the page shows of a run; plain data, which is kept beside the run. */
export interface RunView {
  readonly jobs: readonly JobId[];
  /** How much each job has to do, by its path, in any unit. */
  readonly work: Readonly<Record<string, number>>;
  /** How many shaders a GPU has still to compile before the next training; absent where it compiles none. */
  readonly shadersLeft?: number;
  readonly trainings: readonly Training[];
  readonly floors: readonly Floor[];
  readonly warnings: readonly string[];
  readonly isFinished: boolean;
}

export const emptyView: RunView = {
  jobs: [],
  work: {},
  trainings: [],
  floors: [],
  warnings: [],
  isFinished: false,
};

/** The trainings of a run, those that wait too: every job but those of `baselines` and other floors. */
export function trainedJobs(view: RunView, baselines: readonly string[]): JobId[] {
  const floors = new Set([...baselines, ...view.floors.map(({ name }) => name)]);
  return view.jobs.filter(({ method }) => !floors.has(method));
}

/** Points that a curve keeps at most: more than a screen has room for. */
const mostPoints = 500;

/** The view after one more event. */
export function advance(view: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case "run-started": {
      // A run that continues: what it did before is kept. Its warnings come again.
      const { shadersLeft: _, ...kept } = view;
      return { ...kept, jobs: event.jobs, warnings: [], isFinished: false };
    }
    case "work-estimated":
      return { ...view, work: Object.fromEntries(event.jobs.map(({ job, work }) => [jobPath(job), work])) };
    case "job-warming-up":
      return { ...view, shadersLeft: event.left };
    case "job-started": {
      const { shadersLeft: _, ...kept } = view;
      const before = view.trainings.find(({ job }) => isSame(job, event.job));
      // It goes on from what was saved last: what came after that is done again.
      const upTo = (points: readonly Point[] = []) => points.filter(({ x }) => x <= event.step);
      const training: Training = {
        job: event.job,
        step: event.step,
        totalSteps: event.totalSteps,
        losses: upTo(before?.losses),
        scores: Object.fromEntries(Object.entries(before?.scores ?? {}).map(([name, points]) => [name, upTo(points)])),
        state: "training",
      };
      const trainings = before
        ? view.trainings.map((one) => (one === before ? training : one))
        : [...view.trainings, training];
      return { ...kept, trainings };
    }
    case "step":
      return change(view, event.job, (training) => ({
        ...training,
        step: event.step,
        totalSteps: event.totalSteps,
        rate: event.stepsPerSecond,
        losses: thinned([...training.losses, { x: event.step, y: event.loss }]),
      }));
    case "validation":
      return change(view, event.job, (training) => ({
        ...training,
        scores: withScores(training.scores, event.point.step, event.point.validation),
      }));
    case "job-finished":
      if (event.result.steps === 0) return withFloor(view, event.job.method, event.result.validation);
      return change(view, event.job, (training) => ({ ...training, step: event.result.steps, state: "done" }));
    case "job-failed":
      return change(view, event.job, (training) => ({ ...training, state: "failed", failure: event.message }));
    case "warning":
      return { ...view, warnings: [...view.warnings, `${event.job ? `${jobPath(event.job)}: ` : ""}${event.message}`] };
    case "run-finished":
      return { ...view, isFinished: true };
    default:
      return view;
  }
}

/** Share of all that is to do that is done, from 0 to 1. */
export function shareDone({ jobs, work, trainings, floors, isFinished }: RunView): number {
  if (isFinished) return 1;
  const total = jobs.reduce((sum, job) => sum + (work[jobPath(job)] ?? 1), 0);
  if (total === 0) return 0;
  const done = trainings.reduce((sum, { job, step, totalSteps, state }) => {
    const share = state === "training" ? Math.min(1, step / Math.max(1, totalSteps)) : 1;
    return sum + share * (work[jobPath(job)] ?? 1);
  }, 0);
  const ofFloors = floors.reduce((sum, { name, folds }) => {
    const ofName = jobs.filter(({ method }) => method === name);
    const each = ofName.reduce((all, job) => all + (work[jobPath(job)] ?? 1), 0) / Math.max(1, ofName.length);
    return sum + folds * each;
  }, 0);
  return Math.min(1, (done + ofFloors) / total);
}

/** Mean of each floor on the validation images of all folds, by one score; floors without it are left out. */
export function floorLevels({ floors }: RunView, score: string): { name: string; y: number }[] {
  return floors.flatMap(({ name, scores }) => {
    const values = scores[score] ?? [];
    return values.length === 0 ? [] : [{ name, y: values.reduce((sum, value) => sum + value, 0) / values.length }];
  });
}

/** Every second point where there are too many, so that a long training neither fills memory nor slows the page. */
function thinned(points: readonly Point[]): readonly Point[] {
  return points.length <= mostPoints ? points : points.filter((_, i) => (points.length - i) % 2 === 1);
}

function withScores(
  scores: Training["scores"],
  x: number,
  values: Readonly<Record<string, number | null>>,
): Training["scores"] {
  const next: Record<string, readonly Point[]> = { ...scores };
  for (const [name, y] of Object.entries(values)) if (y !== null) next[name] = [...(next[name] ?? []), { x, y }];
  return next;
}

function change(view: RunView, job: JobId, update: (training: Training) => Training): RunView {
  return { ...view, trainings: view.trainings.map((one) => (isSame(one.job, job) ? update(one) : one)) };
}

function withFloor(view: RunView, name: string, values: Readonly<Record<string, number | null>>): RunView {
  const known = view.floors.find((floor) => floor.name === name);
  const scores: Record<string, readonly number[]> = { ...known?.scores };
  for (const [score, value] of Object.entries(values)) {
    if (value !== null) scores[score] = [...(scores[score] ?? []), value];
  }
  const floor: Floor = { name, folds: (known?.folds ?? 0) + 1, scores };
  const floors = known ? view.floors.map((one) => (one === known ? floor : one)) : [...view.floors, floor];
  return { ...view, floors };
}

function isSame(a: JobId, b: JobId): boolean {
  return jobPath(a) === jobPath(b);
}
