import { bestOf, type JobId, jobPath, type Results, type RunEvent } from "@em-stellar/core";

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
  readonly rate: number | undefined;
  /** Training loss over steps. */
  readonly losses: readonly Point[];
  /** Score on validation images over steps. */
  readonly scores: readonly Point[];
  readonly state: "training" | "done" | "failed";
  readonly failure?: string;
}

/** A method that learns by no gradient: what it scores on the validation images of each fold. */
interface Floor {
  readonly name: string;
  /** Folds that it is fitted on so far. */
  readonly folds: number;
  /** Of the folds where it has one. */
  readonly scores: readonly number[];
}

/** All that the page shows of a run. */
export interface RunView {
  readonly jobs: number;
  /** How many shaders a GPU has still to compile before the next training; undefined where it compiles none. */
  readonly shadersLeft: number | undefined;
  readonly trainings: readonly Training[];
  readonly floors: readonly Floor[];
  readonly warnings: readonly string[];
  readonly results: Results | undefined;
}

export const emptyView: RunView = {
  jobs: 0,
  shadersLeft: undefined,
  trainings: [],
  floors: [],
  warnings: [],
  results: undefined,
};

/** The view after one more event; `metric` is the score whose curve is drawn. */
export function advance(view: RunView, event: RunEvent, metric: string): RunView {
  switch (event.type) {
    case "run-started":
      // A run that continues: what it did before is kept. Its warnings come again.
      return { ...view, jobs: event.jobs.length, shadersLeft: undefined, warnings: [], results: undefined };
    case "job-warming-up":
      return { ...view, shadersLeft: event.left };
    case "job-started": {
      const before = view.trainings.find(({ job }) => isSame(job, event.job));
      // It goes on from what was saved last: what came after that is done again.
      const upTo = (points: readonly Point[] = []) => points.filter(({ x }) => x <= event.step);
      const training: Training = {
        job: event.job,
        step: event.step,
        totalSteps: event.totalSteps,
        rate: undefined,
        losses: upTo(before?.losses),
        scores: upTo(before?.scores),
        state: "training",
      };
      const trainings = before
        ? view.trainings.map((one) => (one === before ? training : one))
        : [...view.trainings, training];
      return { ...view, shadersLeft: undefined, trainings };
    }
    case "step":
      return change(view, event.job, (training) => ({
        ...training,
        step: event.step,
        rate: event.stepsPerSecond,
        losses: [...training.losses, { x: event.step, y: event.loss }],
      }));
    case "validation": {
      const y = event.point.validation[metric];
      if (y === null || y === undefined) return view;
      return change(view, event.job, (training) => ({
        ...training,
        scores: [...training.scores, { x: event.point.step, y }],
      }));
    }
    case "job-finished":
      if (event.result.steps === 0) return withFloor(view, event.job.method, event.result.validation[metric]);
      return change(view, event.job, (training) => ({ ...training, step: training.totalSteps, state: "done" }));
    case "job-failed":
      return change(view, event.job, (training) => ({ ...training, state: "failed", failure: event.message }));
    case "warning":
      return { ...view, warnings: [...view.warnings, `${event.job ? `${jobPath(event.job)}: ` : ""}${event.message}`] };
    case "run-finished":
      return { ...view, results: event.results };
    default:
      return view;
  }
}

/** Share of all steps of all trainings that is done. */
export function shareDone({ jobs, floors, trainings, results }: RunView): number {
  if (results) return 1;
  const floorJobs = floors.reduce((sum, { folds }) => sum + folds, 0);
  const expected = Math.max(1, jobs - floorJobs);
  return trainings.reduce((sum, { step, totalSteps }) => sum + step / totalSteps, 0) / expected;
}

/** The floor that is best on validation images, in the mean over folds. */
export function bestFloor({ floors }: RunView): { name: string; score: number } | undefined {
  const means = floors
    .filter(({ scores }) => scores.length > 0)
    .map(({ name, scores }) => ({ name, score: scores.reduce((sum, score) => sum + score, 0) / scores.length }));
  return bestOf("maximize", means, ({ score }) => score); // the page's suite ranks by jaccard
}

function change(view: RunView, job: JobId, update: (training: Training) => Training): RunView {
  return { ...view, trainings: view.trainings.map((one) => (isSame(one.job, job) ? update(one) : one)) };
}

function withFloor(view: RunView, name: string, score: number | null | undefined): RunView {
  const known = view.floors.find((floor) => floor.name === name);
  const scores = [...(known?.scores ?? []), ...(score === null || score === undefined ? [] : [score])];
  const floor = { name, folds: (known?.folds ?? 0) + 1, scores };
  const floors = known ? view.floors.map((one) => (one === known ? floor : one)) : [...view.floors, floor];
  return { ...view, floors };
}

function isSame(a: JobId, b: JobId): boolean {
  return jobPath(a) === jobPath(b);
}
