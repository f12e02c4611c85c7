import type { MethodResult, Results } from "@em-stellar/core";

/** The methods in the order of the metric that ranks them, best first; those without a value last. */
export function ranked({ methods, metrics, rankedBy }: Results): MethodResult[] {
  const sign = metrics.find(({ id }) => id === rankedBy)?.goal === "minimize" ? 1 : -1;
  const place = ({ pooled }: MethodResult) => {
    const value = pooled[rankedBy];
    return value === null || value === undefined ? Number.MAX_VALUE : sign * value;
  };
  return methods.toSorted((a, b) => place(a) - place(b));
}
