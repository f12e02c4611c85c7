import { resolve } from "node:path";
import type { Results } from "@em-stellar/core";
import { collectResults } from "@em-stellar/runner";
import { openRunFolder } from "../open-run-folder.js";
import { lock } from "../output-folder.js";
import { eventLine } from "../terminal/event-line.js";
import { interruptible } from "../terminal/interruptible.js";
import type { Terminal } from "../terminal/terminal.js";
import { conclude, requireFinished } from "./conclude.js";

/** `em-stellar collect RUN`: results, ensembles and report of a planned run, from the jobs that are done. Trains nothing. */
export async function collect(folder: string, terminal: Terminal): Promise<void> {
  const started = Date.now();
  const work = async (signal: AbortSignal, finishing: () => void) => {
    const run = await openRunFolder(resolve(folder), signal, { elsewhere: true });
    const { store, registry, jobs } = run;
    const release = await store.lock?.(lock);
    try {
      let results: Results | undefined;
      for await (const event of collectResults(run)) {
        const line = eventLine(event, false);
        if (line !== undefined) terminal.print(line);
        if (event.type === "run-finished") results = event.results;
      }
      signal.throwIfAborted();
      finishing();
      if (!results) throw new Error(`Collecting ${store.location} ended without results.`);
      const failures = new Map<string, string>();
      await conclude(results, { jobs, failures, store, registry, started, isContinued: true }, terminal);
      return { results, jobs, failures };
    } finally {
      await release?.();
    }
  };
  const stopped = "! Stopped. Run the same command again.";
  const { results, ...conclusion } = await interruptible({ stopped, work }, terminal);
  requireFinished(results, conclusion);
}
