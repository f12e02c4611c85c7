import { type MethodResult, methodsByScore, type Results } from "@em-stellar/core";

/** The methods in the order of the metric that ranks them, best first; those without a score last. */
export function ranked(results: Results): MethodResult[] {
  return methodsByScore(results).map(({ method }) => method);
}
