/** A job is one method trained on one fold from one seed. */
export interface JobId {
  readonly method: string;
  readonly fold: number;
  readonly seed: number;
}

/** `unet-bn/fold-0/seed-1`: the job's folder under `jobs/` and its name in messages. */
export function jobPath({ method, fold, seed }: JobId): string {
  return `${method}/fold-${fold}/seed-${seed}`;
}
