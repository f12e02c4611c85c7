import { job } from "./jobs";

/** Runs a job (its number is that of the build, its arguments lie at `args`) in `parts` parts, one after the other. */
export function run(kind: i32, args: usize, parts: i32): void {
  for (let part = 0; part < parts; part++) job(kind, args, part, parts);
}
