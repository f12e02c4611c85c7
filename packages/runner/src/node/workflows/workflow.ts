/** A planned run, as workflows of engines need it. */
export interface WorkflowRun {
  /** The run folder, absolute. */
  readonly run: string;
  /** The folder that paths of the suite start from, absolute. */
  readonly folder: string;
  /** Name of the suite. */
  readonly suite: string;
  /** How many jobs it has. */
  readonly jobs: number;
  /** EM-stellar, as program and arguments before its own. */
  readonly command: readonly string[];
}

/** A workflow that does the jobs of a planned run with an engine that queues them and tries them again. */
export interface Workflow {
  /** Name of the file that it is written to. */
  readonly file: string;
  /** The workflow. */
  readonly text: (run: WorkflowRun) => string;
  /** The command that starts it, by the path of the file as a shell takes it. */
  readonly start: (file: string, run: WorkflowRun) => string;
}

/** Times that an engine does a job again that ended with status 75, or was killed. */
export const retries = 3;

/** The suite's name on a line of a comment. */
export function inComment({ suite }: WorkflowRun): string {
  return JSON.stringify(suite);
}
