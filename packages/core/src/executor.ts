import type { Component, Definition, Factory } from "./component.js";
import type { RunEvent } from "./events.js";
import type { JobId } from "./job-id.js";
import { defineComponent } from "./options.js";
import type { RunResult } from "./results.js";
import type { StopSignal } from "./stop-signal.js";

/** A planned run as an executor sees it: its jobs, and the ways to do one. What a job does is not the executor's concern. */
export interface PlannedRun {
  /** Where the run keeps its files: a folder's path, or "memory". */
  readonly location: string;
  /** How many workers make good use of the device: one for each processor core, or for each GPU. */
  readonly workers: number;
  /** What a job left behind; undefined where it has not ended. */
  stateOf(job: JobId): Promise<"done" | "failed" | undefined>;
  /** Whether a job is a floor, which takes seconds: sooner done by `run` than sent elsewhere. */
  isFloor(job: JobId): boolean;
  /** The result of a job that has ended, with its reason where it failed; undefined where it has not. */
  resultOf(job: JobId): Promise<RunResult | undefined>;
  /**
   * Does a job in this process and tells its events; nothing happens where it is done already. A training that fails ends in
   * a `job-failed` event. Throws where the run itself cannot go on: its folder is gone, the disk is full, it is stopped.
   */
  run(job: JobId): AsyncIterable<RunEvent>;
  /** Stops the run: an executor that waits for something else than `run` ends with its reason. Absent where nobody can. */
  readonly signal?: StopSignal;
  /** How other processes do jobs; absent where the run is in memory or in a page. */
  readonly door?: JobDoor;
}

/** How another process does a job of a run, from the run folder alone. */
export interface JobDoor {
  /**
   * The command that does one job and ends with a status of {@link jobExitStatus}: program and arguments. Meanwhile the job's
   * folder gets its events in `events.jsonl`, and in the end its `metrics.json`.
   */
  command(job: JobId): readonly [program: string, ...args: string[]];
  /** The module that does several jobs in one process, for `node`, with its arguments: `processes` starts it. */
  readonly server: readonly [module: string, ...args: string[]];
  /** What the environment of a worker has beside this process's own, by the worker's number from 0 on: the GPU that it is to use. */
  environment(worker: number): Readonly<Record<string, string>>;
}

/** What the exit status of a process that did one job says. */
export const jobExitStatus = {
  /** Everything of the job is in its folder. */
  done: 0,
  /** It failed or was interrupted, and goes on from its last validation when it is started again. */
  tryAgain: 75,
  /** The run, the job or the data cannot be used as they are. */
  never: 65,
} as const;

/** Where jobs run, and how many at a time: in this process, in several, on a cluster. */
export interface Executor<Id extends string = string> extends Component<"executor", Id> {
  /** Trainings run on other machines: the program that runs the suite starts no device of its own. */
  readonly elsewhere: boolean;
  /** Runs the jobs and tells their events as they come. Whoever stops listening stops what was started. */
  run(plan: PlannedRun, jobs: readonly JobId[]): AsyncIterable<RunEvent>;
}

export interface ExecutorDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  /** As {@link Executor.elsewhere}; by default false. */
  readonly elsewhere?: boolean;
  readonly run: (plan: PlannedRun, jobs: readonly JobId[], options: Options) => AsyncIterable<RunEvent>;
}

/** Declares an executor. */
export function defineExecutor<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: ExecutorDefinition<Id, Defaults, Options>,
): Factory<Executor<Id>, Options> {
  return defineComponent("executor", definition, (options) => ({
    elsewhere: definition.elsewhere ?? false,
    run: (plan: PlannedRun, jobs: readonly JobId[]) => definition.run(plan, jobs, options),
  }));
}
