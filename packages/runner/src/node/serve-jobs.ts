import { Worker } from "node:worker_threads";
import { EmStellarError } from "@em-stellar/core";
import type { OpenRun } from "../open-run.js";
import { plannedRun } from "../planned-run.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

/** Ends this process when the one that started it has ended, even while a training leaves no time for messages. */
const watchdog = `
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 500);
`;

/** The worker's side of `processes`: opens the run once, then does the jobs that it is sent. */
export async function serveJobs(open: () => Promise<OpenRun>): Promise<void> {
  new Worker(watchdog, { eval: true, stdout: true, stderr: true }).unref();
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group: the parent decides, and disconnects
  // A message that cannot be sent has no one left to read it.
  const send = (message: FromWorker) =>
    process.send?.(message, undefined, undefined, (error) => {
      if (error) process.exit(0);
    });
  const explain = (error: unknown) => {
    const expected = error instanceof EmStellarError;
    const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
    send({ type: "error", message: text, expected });
  };
  try {
    const plan = plannedRun(await open(), {});
    process.on("message", ({ job }: ToWorker) => {
      const answer = async () => {
        for await (const event of plan.run(job)) send({ type: "event", event });
        send({ type: "idle" });
      };
      answer().catch(explain);
    });
    send({ type: "ready" });
  } catch (error) {
    explain(error);
  }
}
