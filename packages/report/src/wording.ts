import type { Scoreboard } from "@em-stellar/core";

/** How captions speak of a run, or of predictions that were made elsewhere. */
export interface Wording {
  /** Those who compete. */
  readonly contenders: string;
  readonly image: string;
  /** Whether a method may have several runs, one for each fold and seed. */
  readonly hasRuns: boolean;
}

/** A run's methods are networks, ensembles and floors; an evaluation's are all of one kind. */
export function wordingOf({ origin }: Pick<Scoreboard, "origin">): Wording {
  return origin === "evaluation"
    ? { contenders: "methods", image: "image", hasRuns: false }
    : { contenders: "networks and ensembles", image: "test image", hasRuns: true };
}
