import quickstart from "../../quickstart/suite.json" with { type: "json" };

/** The metric that the methods are ranked by. */
export const rankedBy = quickstart.rankBy;

/** Steps of a training unless the page's user says otherwise. */
export const usualSteps = quickstart.training.steps;

/** The suite of the quickstart, as its JSON, with so many steps and ten validations on the way. */
export function suiteWith(steps: number) {
  const validateEvery = Math.max(1, Math.round(steps / 10));
  return { ...quickstart, training: { ...quickstart.training, steps, validateEvery } };
}
