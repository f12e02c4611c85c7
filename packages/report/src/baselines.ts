import { isBaseline, isFloor, type ScoredMethod } from "@em-stellar/core";

/** What a method without a network is called. */
export function baselineName(method: Pick<ScoredMethod, "kind" | "role">): "floor" | "classifier" {
  return isFloor(method) ? "floor" : "classifier";
}

/** `floors`, `classifiers` or `floors and classifiers`, whichever there are. */
export function baselineNames(methods: readonly Pick<ScoredMethod, "kind" | "role">[]): string {
  const baselines = methods.filter(isBaseline);
  return [...(baselines.some(isFloor) ? ["floors"] : []), ...(baselines.every(isFloor) ? [] : ["classifiers"])].join(
    " and ",
  );
}
