import type { Results, Scoreboard } from "@em-stellar/core";

/** The scoreboard of one data set, and what to call it. */
export interface NamedBoard {
  readonly name: string;
  readonly board: Scoreboard;
  /** How its methods were trained; absent for predictions that were made elsewhere. */
  readonly run?: Pick<Results, "training" | "data">;
}
