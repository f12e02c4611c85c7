import { EmStellarError } from "@em-stellar/core";

/** What starts programs on the machines of a cluster, as an executor uses it: Slurm, HyperQueue. */
export interface BatchEngine {
  /** For messages: "Slurm". */
  readonly name: string;
  /** Tasks of one submission, at most. */
  largestSubmission(): Promise<number>;
  /** The script that does the job of one task, for bash. */
  script(submission: Submission, command: TaskCommand): string;
  /** Submits tasks 0 to `jobs.length` - 1; what the engine calls them, for people. Throws {@link EngineError}. */
  submit(submission: Submission): Promise<string>;
  /** The tasks of these submissions that have not ended, as far as the engine knows. Throws {@link EngineError}. */
  tasks(names: readonly string[]): Promise<readonly BatchTask[]>;
  /** Ends all tasks of a submission, or those that are listed. Throws {@link EngineError}. */
  cancel(name: string, tasks?: readonly BatchTask[]): Promise<void>;
}

/** Some jobs that are given to an engine together. Its files lie in a folder of its own. */
export interface Submission {
  /** Unique; the engine is asked for it. */
  readonly name: string;
  readonly folder: string;
  /** Paths of the jobs, one for each task. */
  readonly jobs: readonly string[];
}

/** The program that does a job, with its arguments before the job's path. */
export type TaskCommand = readonly string[];

/** A task that has not ended. */
export interface BatchTask {
  /** Of the submission. */
  readonly name: string;
  /** From 0 on. */
  readonly index: number;
  /** What the engine calls it. */
  readonly id: string;
  /** Why it will never start by itself, in the engine's words; absent where it may, or has. */
  readonly held?: string;
  /** It could not be started, by no fault of its own: it is cancelled, and its job submitted again. */
  readonly isBroken?: boolean;
}

/** What an engine's program says instead of doing its work. */
export class EngineError extends EmStellarError {
  override readonly name = "EngineError";
  /** Whether the engine has refused; otherwise it did not answer, and may have done it. */
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal: boolean) {
    super(message);
    this.isRefusal = isRefusal;
  }
}
