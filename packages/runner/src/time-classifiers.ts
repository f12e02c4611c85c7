import { type JobId, memoryStore } from "@em-stellar/core";
import { methodsOf } from "./method.js";
import { now } from "./now.js";
import { type RunSuiteOptions, runSuite } from "./run-suite.js";
import type { Suite } from "./suite.js";

/**
 * How many seconds each classifier of a suite takes on this machine to be fitted on one fold and scored, by name. Nothing is
 * kept; one that fails is left out.
 */
export async function timeClassifiers(
  suite: Suite,
  outside: Pick<RunSuiteOptions, "registry" | "device" | "folder" | "signal">,
): Promise<Map<string, number>> {
  const { transferTo: _, ...own } = suite;
  const trial: Suite = { ...own, ensembles: [] };
  const classifiers = methodsOf(trial).filter(
    (method) => method.kind === "baseline" && method.baseline.role === "classifier",
  );
  const names = new Set(classifiers.map(({ name }) => name));
  const seconds = new Map<string, number>();
  if (names.size === 0) return seconds;
  const select = ({ method, fold, seed }: JobId) => names.has(method) && fold === 0 && seed === suite.seeds[0];
  let left = names.size;
  let ended = now();
  for await (const event of runSuite(trial, { ...outside, store: memoryStore(), select })) {
    if (event.type === "work-estimated") ended = now();
    if (event.type !== "job-finished" && event.type !== "job-failed") continue;
    const time = now();
    if (event.type === "job-finished") seconds.set(event.job.method, time - ended);
    ended = time;
    left--;
    if (left === 0) break;
  }
  return seconds;
}
