import { chosenNetwork, type Results, unbeatenFloor } from "@em-stellar/core";
import { quoted } from "@em-stellar/data/node";
import { duration } from "./format.js";

/** How long a run took since it was started, in seconds; of one that was continued, its jobs together as well. */
export function timeSentence({ methods }: Results, seconds: number, isContinued: boolean): string {
  if (!isContinued) return `Took ${duration(seconds)}.`;
  const all = methods.flatMap(({ runs }) => runs).reduce((sum, run) => sum + run.seconds, 0);
  return `Took ${duration(seconds)} since this start; all jobs, one after another, took ${duration(all)}.`;
}

/** What can be done after a run, as lines; a network that loses to a floor is not one to use. */
export function nextSteps(results: Results, folder: string): string[] {
  const next = "Next: open the report in a browser.";
  const chosen = chosenNetwork(results);
  if (!chosen) return [next];
  const { name } = chosen.method;
  const which = chosen.among > 1 && chosen.by === "validation" ? ", best on validation images" : "";
  const floor = unbeatenFloor(results, chosen.method);
  if (floor) {
    return [
      `${next} Before you segment other images with ${name}${which}, train longer or check the masks: it does not beat ${floor.method.name}, which is only a floor.`,
    ];
  }
  return [
    `${next} To segment other images with ${name}${which}:`,
    `  npx em-stellar predict ${quoted(folder)} IMAGES --out segmented`,
  ];
}
