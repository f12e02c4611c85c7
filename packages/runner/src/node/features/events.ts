import type { Features } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";

/** How far the features of some models have come. */
export interface FeaturesProgress {
  readonly model: string;
  /** The image that is looked at, counted from 1, and how many there are. */
  readonly image: number;
  readonly images: number;
  /** Multiply-accumulates of all models, done and in all. */
  readonly done: number;
  readonly total: number;
  readonly seconds: number;
}

/** What a feature correlation tells, in this order. */
export type FeaturesEvent =
  | {
      /** Models and images can be used. */
      readonly type: "opened";
      readonly models: readonly string[];
      readonly images: readonly string[];
      readonly device: Device;
      /** How models were chosen where a job or a run was named, in sentences. */
      readonly reasons: readonly string[];
    }
  | ({ readonly type: "progress" } & FeaturesProgress)
  | {
      readonly type: "model-correlated";
      readonly model: string;
      readonly channels: number;
      readonly blocks: number;
      readonly seconds: number;
    }
  | { readonly type: "finished"; readonly features: Features };
