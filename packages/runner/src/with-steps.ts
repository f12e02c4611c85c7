import { InputError } from "@em-stellar/core";
import type { Suite } from "./suite.js";

/**
 * A suite whose trainings all have so many steps: to go on longer than it says. Throws `InputError` where that is fewer than it
 * says, or where time ends its trainings.
 */
export function withSteps(suite: Suite, steps: number): Suite {
  const trainings = suite.trainings.map(({ name, options }, i) => {
    const at = name === undefined ? "training" : `training[${i}]`;
    if (options.steps === null) {
      throw new InputError(
        `\`steps\` is ${steps}, but ${at} of the suite "${suite.name}" ends after ${options.minutes} minutes. Give it ${at}.steps in the suite first.`,
      );
    }
    if (options.steps > steps) {
      throw new InputError(
        `\`steps\` is ${steps}, but ${at}.steps of the suite "${suite.name}" is ${options.steps} already. Take at least ${options.steps}, or change the suite and start in another folder.`,
      );
    }
    return { ...(name !== undefined && { name }), options: { ...options, steps } };
  });
  return { ...suite, trainings };
}
