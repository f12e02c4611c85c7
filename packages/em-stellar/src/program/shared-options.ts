import { Option } from "commander";
import { backendFlags } from "../terminal/backend-flags.js";
import { atLeastOne } from "./values.js";

/** Options that several commands take. */
export const out = new Option(
  "-o, --out <folder>",
  "run folder; if it holds an unfinished benchmark, that is continued",
);
export const log = new Option("--log <file>", "append each event to this file, as a line of JSON");
export const fresh = new Option("--fresh", "start over: remove earlier results from the run folder");
export const workers = new Option(
  "-w, --workers <number>",
  "trainings at the same time (default: one for each processor core, or one for each GPU)",
).argParser(atLeastOne);
export const executor = new Option(
  "--executor <id>",
  "where jobs run: auto, processes, in-process, slurm, hyperqueue, or one from a plugin",
);
export const cache = new Option(
  "--cache <MiB>",
  "memory for decoded images (default: a quarter of the machine's memory)",
).argParser(atLeastOne);
export const steps = new Option(
  "--steps <number>",
  "steps of each training, more than the suite says: finished trainings go on from where they ended",
).argParser(atLeastOne);
export const planes = new Option(
  "--planes <what>",
  "what the planes are in TIFFs whose 3 or 4 planes tifffile marked as colours",
).choices(["slices", "colours"]);
export const { backend, backendOption, allowSoftware, precision } = backendFlags();

/** How images of which 0 is white are to be read. */
export function polarity(flags: string, what: string): Option {
  return new Option(
    flags,
    `for files of ${what} that store 0 for white: object is what is not 0 (as-stored) or what is white (as-shown)`,
  ).choices(["as-stored", "as-shown"]);
}
