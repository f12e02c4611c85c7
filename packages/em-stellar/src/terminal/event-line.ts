import { jobPath, type RunEvent } from "@em-stellar/core";
import { count, duration, score } from "./format.js";

/** Of a validation, in a line: the loss and the first metrics of the suite. */
const shownScores = 4;

/** What stays on the terminal, and all that a pipe gets, of an event; undefined where it is not worth a line. `detailed` adds what a live display shows anyway. */
export function eventLine(event: RunEvent, detailed: boolean): string | undefined {
  switch (event.type) {
    case "run-started": {
      const before = event.finishedBefore > 0 ? `, ${event.finishedBefore} of them already finished` : "";
      return `${event.suite}: ${count(event.jobs.length, "job")}${before}, on ${event.device}, in ${event.location}`;
    }
    case "jobs-submitted":
      return `· ${count(event.jobs, "job")} submitted to ${event.engine} as ${event.id}`;
    case "job-started": {
      if (!detailed) return undefined;
      const length = event.minutes === undefined ? count(event.totalSteps, "step") : count(event.minutes, "minute");
      const from = event.step > 0 ? `continues at step ${event.step} of` : "starts,";
      return `· ${jobPath(event.job)} ${from} ${length}`;
    }
    case "validation": {
      if (!detailed) return undefined;
      const { step, loss, validation } = event.point;
      const all = Object.entries(validation).map(([id, value]) => `${id} ${score(value)}`);
      const scores = all.length > shownScores + 1 ? [...all.slice(0, shownScores), "…"] : all;
      const where = `· ${jobPath(event.job)} step ${step}/${event.totalSteps}`;
      return `${where}: loss ${loss.toFixed(4)}, validation ${scores.join(", ")}`;
    }
    case "job-finished": {
      const { checkpoint, seconds, learnt } = event.result;
      const best =
        checkpoint && `validation ${checkpoint.criterion} ${score(checkpoint.value)} at step ${checkpoint.step}`;
      const picked =
        learnt &&
        Object.entries(learnt).map(
          ([name, value]) => `${inWords(name)} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`,
        );
      return `✓ ${jobPath(event.job)}  ${[best, picked?.join(", "), duration(seconds)].filter(Boolean).join(", ")}`;
    }
    case "job-failed":
      return `✗ ${jobPath(event.job)} failed at step ${event.step}: ${event.message}`;
    case "ensemble-finished":
      return `✓ ${event.method}  made of ${count(event.result.members?.length ?? 0, "model")}`;
    case "warning":
      return `! ${event.job ? `${jobPath(event.job)}: ` : ""}${event.message}`;
    default:
      return undefined;
  }
}

/** `trainingJaccard` as words: `training jaccard`. */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
