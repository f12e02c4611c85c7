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

/** What each member counts, 1 where nobody says; throws `InputError` unless there is one for each, from 0 on, and one above 0. */
export function memberWeights(
  id: string,
  predictions: readonly ProbabilityMap[],
  weights: readonly number[] | undefined,
): readonly number[] {
  if (!weights) return predictions.map(() => 1);
  if (
    weights.length === predictions.length &&
    weights.every((weight) => weight >= 0 && weight < Number.POSITIVE_INFINITY) &&
    weights.some((weight) => weight > 0)
  ) {
    return weights;
  }
  throw new InputError(
    `ensemble "${id}" needs a weight for each of its ${predictions.length} members, 0 or more, not all of them 0, but was given [${weights.join(", ")}].`,
  );
}
