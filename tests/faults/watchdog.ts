import { Worker } from "node:worker_threads";

/** Longest that one input may take before it counts as a loop without end. */
const patience = 60_000;

/**
 * Does some work under the eyes of a second thread: where a step that `begin` names does not end, that thread names it and
 * ends the process, which a loop without end would keep for ever.
 */
export async function watched(work: (begin: (step: string) => void) => Promise<void>): Promise<void> {
  const watchdog = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const { writeSync } = require("node:fs");
     let timer;
     parentPort.on("message", (step) => {
       clearTimeout(timer);
       timer = setTimeout(() => {
         writeSync(2, step + " does not end\\n");
         process.kill(process.pid, "SIGKILL");
       }, ${patience});
     });`,
    { eval: true },
  );
  try {
    await work((step) => watchdog.postMessage(step));
  } finally {
    await watchdog.terminate();
  }
}
