import { InputError, type ProbabilityMap, requireSameSize } from "@em-stellar/core";

/** The first member; throws `InputError` where there is none or where another one differs from it in size. */
export function requireMembers(id: string, predictions: readonly ProbabilityMap[]): ProbabilityMap {
  const [first] = predictions;
  if (!first) {
    throw new InputError(`ensemble "${id}" was given no predictions to combine. Give it one map for each member.`);
  }
  predictions.forEach((prediction, i) => {
    requireSameSize(`Predictions 1 and ${i + 1} of ensemble "${id}"`, first, prediction);
  });
  return first;
}
