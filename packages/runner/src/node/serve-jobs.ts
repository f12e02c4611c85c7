import { Worker } from "node:worker_threads";
import { EmStellarError, type JobId, type StopSignal } from "@em-stellar/core";
import type { OpenRun } from "../open-run.js";
import { plannedRun } from "../planned-run.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

/**
 * Ends this process when the one that started it has ended, even while a training leaves no time for messages. A second of
 * grace lets it give back its locks.
 */
const watchdog = `
  const parent = process.ppid;
  let orphaned = 0;
  setInterval(() => { if (process.ppid !== parent && ++orphaned > 2) process.kill(process.pid, "SIGKILL"); }, 400);
`;

/**
 * The worker's side of `processes`: opens the run once, then does the jobs that it is sent. It ends, and gives back its locks,
 * when the process that sends them ends, disconnects or is stopped; what it opens the run with gets the signal.
 */
export async function serveJobs(open: (signal: StopSignal) => Promise<OpenRun>): Promise<void> {
  new Worker(watchdog, { eval: true, stdout: true, stderr: true }).unref();
  const stopping = new AbortController();
  let isBusy = false;
  const stop = () => {
    stopping.abort(new EmStellarError("The run was stopped."));
    if (!isBusy) process.exit(0);
  };
  if (!process.connected) stop();
  process.on("disconnect", stop);
  process.on("SIGTERM", stop);
  // Ctrl-C, and the end of a terminal, reach the whole group: the parent decides, and disconnects.
  for (const name of ["SIGINT", "SIGHUP"] as const) process.on(name, () => {});
  // A message that cannot be sent has no one left to read it.
  const send = (message: FromWorker) =>
    process.send?.(message, undefined, undefined, (error) => {
      if (error) stop();
    });
  const explain = (error: unknown) => {
    const expected = error instanceof EmStellarError;
    const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
    send({ type: "error", message: text, expected });
  };
  try {
    const { signal } = stopping;
    const plan = plannedRun(await open(signal), {});
    const answer = async (job: JobId) => {
      isBusy = true;
      try {
        for await (const event of plan.run(job)) send({ type: "event", event });
        isBusy = false;
        send({ type: "idle" });
      } catch (error) {
        isBusy = false;
        if (!signal.aborted) explain(error);
      }
      if (signal.aborted) process.exit(0);
    };
    process.on("message", ({ job }: ToWorker) => void answer(job));
    send({ type: "ready" });
  } catch (error) {
    explain(error);
  }
}
