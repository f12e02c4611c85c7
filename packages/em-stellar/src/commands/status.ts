import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type JobId, jobPath } from "@em-stellar/core";
import { shown } from "@em-stellar/data/node";
import { readPlan, resultOf } from "@em-stellar/runner";
import { folderReader } from "@em-stellar/runner/node";
import { count } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

/** How far a job is. */
interface JobStatus {
  readonly job: string;
  readonly state: "done" | "failed" | "begun" | "waiting";
  /** Why it failed. */
  readonly reason?: string;
}

/** Jobs that are looked at together: a shared folder answers each after a while, and many at a time. */
const together = 64;

/** Failed jobs that are named, at most. */
const named = 20;

/** `em-stellar status RUN`: how many jobs are done, failed, started or waiting, from what the run folder holds alone. */
export async function status(
  folder: string,
  { json = false }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const run = resolve(folder);
  const { suite, jobs } = await readPlan(folderReader(run));
  const all: JobStatus[] = [];
  for (let i = 0; i < jobs.length; i += together) {
    all.push(...(await Promise.all(jobs.slice(i, i + together).map((job) => statusOf(run, job)))));
  }
  if (json) {
    terminal.print(JSON.stringify({ suite, jobs: all }, null, 2));
    return;
  }
  terminal.print(`${suite}: ${count(jobs.length, "job")} in ${shown(run)}`);
  for (const state of ["done", "failed", "begun", "waiting"] as const) {
    const number = all.filter((one) => one.state === state).length;
    terminal.print(`  ${state.padEnd(8)}${String(number).padStart(6)}`);
  }
  const failed = all.filter(({ state }) => state === "failed");
  for (const { job, reason } of failed.slice(0, named)) terminal.print(`✗ ${job}: ${reason}`);
  if (failed.length > named) terminal.print(`  … and ${failed.length - named} more: status --json names them`);
}

async function statusOf(run: string, id: JobId): Promise<JobStatus> {
  const job = jobPath(id);
  const { state, failure } = (await resultOf({ store: folderReader(run) }, id)) ?? {};
  if (state === "done") return { job, state };
  if (state === "failed") return { job, state, reason: failure ?? "it does not say why" };
  const begun = ["attempts", "events.jsonl"].some((name) => existsSync(join(run, "jobs", job, name)));
  return { job, state: begun ? "begun" : "waiting" };
}
