/** Ends a command that has said all there is to say with a status that is not 0. */
export class ExitStatus extends Error {
  override readonly name: string = "ExitStatus";
  readonly status: number;

  constructor(status: number) {
    super(`The command ends with status ${status}.`);
    this.status = status;
  }
}

/** Of `run` and `demo`: some jobs did not finish. Nothing that finished is 1, as for every other error; 0 is everything. */
export const someFailed = 3;
